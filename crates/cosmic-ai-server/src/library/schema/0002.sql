-- Media whose file was gone, or had another size, when the library was opened: they come back with their file. A step that
-- changes `media` changes this too.
CREATE TABLE lost AS SELECT * FROM media WHERE false;

-- Every name that a file ever had: no name gets other bytes, also when its file is deleted.
CREATE TABLE names (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO names SELECT name FROM media;
