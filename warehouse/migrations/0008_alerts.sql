-- What was found wrong with a source, and what was told of it: once when it began, once when it was over.

CREATE TABLE alerts (
    source VARCHAR NOT NULL, -- '*': the snapshot as a whole
    condition VARCHAR NOT NULL, -- failing, stale, shrunken, held_back
    message VARCHAR NOT NULL,
    since_at TIMESTAMP NOT NULL,
    told_at TIMESTAMP, -- empty: not told yet
    well_at TIMESTAMP, -- empty: it is still so
    well_told_at TIMESTAMP
);
