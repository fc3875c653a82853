-- Entries and totals. Times are milliseconds since 1970, labels and results JSON, `ends` of a window without an end the
-- largest integer.
PRAGMA application_id = 1131635564; -- "Csml"

CREATE TABLE schema (
    version INTEGER NOT NULL,
    oldest INTEGER NOT NULL
) STRICT;

CREATE TABLE entries (
    id TEXT NOT NULL PRIMARY KEY,
    parent TEXT,
    kind TEXT NOT NULL,
    model TEXT,
    labels TEXT NOT NULL,
    state TEXT NOT NULL,
    held_input INTEGER,
    held_output INTEGER,
    drawn_input INTEGER NOT NULL,
    drawn_output INTEGER NOT NULL,
    expected_input INTEGER,
    expected_output INTEGER,
    charge_input INTEGER,
    charge_output INTEGER,
    basis TEXT,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    closed_at INTEGER,
    result TEXT,
    ticket INTEGER NOT NULL,
    calls INTEGER NOT NULL
) STRICT;

CREATE INDEX entries_by_time ON entries (at, id);
CREATE INDEX entries_open ON entries (state, deadline) WHERE state IN ('reserved', 'sent', 'unknown');
CREATE INDEX entries_by_parent ON entries (parent, at, id) WHERE parent IS NOT NULL;

-- The end of a window comes before its start: of a scope's totals, those that can still change are the last ones.
CREATE TABLE totals (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    held_input INTEGER NOT NULL,
    held_output INTEGER NOT NULL,
    spent_input INTEGER NOT NULL,
    spent_output INTEGER NOT NULL,
    PRIMARY KEY (name, value, ends, starts)
) STRICT, WITHOUT ROWID;

CREATE INDEX totals_without_value ON totals (ends, starts) WHERE value = '';
