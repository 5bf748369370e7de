-- Which digest went to which channel: one row for each, so that none goes twice.

CREATE TABLE digests (
    cadence VARCHAR NOT NULL, -- weekly, quarterly
    period VARCHAR NOT NULL, -- 2026-W47, 2026-Q3
    channel VARCHAR NOT NULL,
    status VARCHAR NOT NULL, -- sending, sent, waiting (tried again), failed, unclear (may have arrived)
    attempts INTEGER NOT NULL,
    last_at TIMESTAMP NOT NULL,
    message VARCHAR
);
