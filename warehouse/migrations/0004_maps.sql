-- The map of outside names is by source: two sources may use one name for two services. It is worked out anew
-- at every publication, so nothing is carried over. Teams and ticket queues get a map of their own.

DROP TABLE service_map;

CREATE TABLE service_map (
    source VARCHAR NOT NULL, -- '*' for our own identifiers
    outside_id VARCHAR NOT NULL,
    service_id VARCHAR,
    team_id VARCHAR,
    tier VARCHAR,
    from_at TIMESTAMP,
    to_at TIMESTAMP
);

CREATE TABLE team_map (
    source VARCHAR NOT NULL, -- '*' for our own identifiers
    kind VARCHAR NOT NULL, -- team or queue
    outside_id VARCHAR NOT NULL,
    team_id VARCHAR,
    service_id VARCHAR,
    from_at TIMESTAMP,
    to_at TIMESTAMP
);

-- What no map explains, and about what rules or sources do not agree; written with the maps.

CREATE TABLE unmapped_names (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, -- service, team or queue
    outside_id VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL,
    share DOUBLE NOT NULL, -- of the rows of that table
    points_to VARCHAR NOT NULL -- services that rules give for it and nobody knows; separated by spaces
);

CREATE TABLE disputed_names (
    kind VARCHAR NOT NULL,
    outside_id VARCHAR NOT NULL,
    says VARCHAR NOT NULL
);
