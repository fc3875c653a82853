-- Times are milliseconds since 1970, amounts are tokens, labels and results are JSON; labels have sorted keys.

CREATE TABLE "schema" (
    -- One row, whatever happens.
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL,
    oldest bigint NOT NULL
);

CREATE TABLE entries (
    -- Ids are ordered by their bytes, as the code does, whatever the language of the database.
    id text COLLATE "C" PRIMARY KEY,
    parent text COLLATE "C",
    kind text NOT NULL,
    model text,
    labels text NOT NULL,
    state text NOT NULL,
    held_input bigint,
    held_output bigint,
    drawn_input bigint NOT NULL,
    drawn_output bigint NOT NULL,
    expected_input bigint,
    expected_output bigint,
    charge_input bigint,
    charge_output bigint,
    basis text,
    body bytea NOT NULL,
    at bigint NOT NULL,
    deadline bigint NOT NULL,
    closed_at bigint,
    result text,
    ticket bigint NOT NULL,
    calls bigint NOT NULL
);

CREATE INDEX entries_by_time ON entries (at, id);
-- Two, so that looking for what is overdue does not pass all that has been unknown for long.
CREATE INDEX entries_under_way ON entries (deadline, id) WHERE state IN ('reserved', 'sent');
CREATE INDEX entries_unknown ON entries (at, id) WHERE state = 'unknown';
CREATE INDEX entries_by_parent ON entries (parent, at, id) WHERE parent IS NOT NULL;

-- The same few rows are written again and again: with room in their pages, the next version stays beside the last.
CREATE TABLE totals (
    name text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    from_at bigint NOT NULL,
    -- The largest number is for ever.
    until_at bigint NOT NULL,
    held_input bigint NOT NULL,
    held_output bigint NOT NULL,
    spent_input bigint NOT NULL,
    spent_output bigint NOT NULL,
    PRIMARY KEY (name, value, from_at, until_at)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
