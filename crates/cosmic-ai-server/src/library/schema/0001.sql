-- The data folder: one row, minted when it was made.
CREATE TABLE library (id TEXT NOT NULL) STRICT;

-- One row for each file in `media/`. Times are milliseconds since 1970.
CREATE TABLE media (
    number INTEGER PRIMARY KEY,
    bucket TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    original_name TEXT NOT NULL,
    size INTEGER NOT NULL,
    hash TEXT NOT NULL,
    type TEXT NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    folder TEXT,
    width INTEGER,
    height INTEGER,
    alt_text TEXT,
    created_by TEXT,
    modified_by TEXT,
    -- The ids in the metadata: of the server's operation, and of the client's own.
    operation TEXT,
    clients_operation TEXT,
    metadata TEXT NOT NULL,
    -- What a service elsewhere said of a file that this is a copy of.
    extra TEXT NOT NULL,
    UNIQUE (bucket, id)
) STRICT;
CREATE INDEX media_by_creation ON media (bucket, created);
CREATE INDEX media_by_change ON media (bucket, modified);
CREATE INDEX media_by_folder ON media (bucket, folder, created);
CREATE INDEX media_by_type ON media (bucket, type, created);
CREATE INDEX media_by_operation ON media (bucket, operation, created) WHERE operation IS NOT NULL;
CREATE INDEX media_by_clients_operation ON media (bucket, clients_operation, created) WHERE clients_operation IS NOT NULL;

CREATE TABLE folders (
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
) STRICT, WITHOUT ROWID;
