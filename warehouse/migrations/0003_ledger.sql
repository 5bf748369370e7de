-- The assumption ledger: one row per decision about a version. Rows are appended and never changed; the state
-- of a version is that of its last row.
CREATE TABLE ledger_entries (
    sequence BIGINT NOT NULL,
    edit_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    low DOUBLE NOT NULL,
    likely DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    owner VARCHAR NOT NULL,
    valid_from DATE NOT NULL,
    grade VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    note VARCHAR
);
