-- Goals: one row per decision about a version. `key` is the metric, `scope_id` is *, team:ID or service:ID.
-- Rows are appended and never changed.
CREATE TABLE goal_entries (
    sequence BIGINT NOT NULL,
    edit_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    scope_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    target DOUBLE NOT NULL,
    unit VARCHAR NOT NULL,
    metric_version INTEGER NOT NULL,
    due_on DATE NOT NULL,
    owner VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL,
    note VARCHAR
);
