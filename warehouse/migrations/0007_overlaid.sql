-- Teams and services as their source gave them, while the configuration lies over them.

CREATE TABLE overlaid_teams (
    team_id VARCHAR NOT NULL,
    name VARCHAR,
    engineers DOUBLE,
    parent_team_id VARCHAR,
    onboarded_at TIMESTAMP,
    is_platform_team BOOLEAN,
    source VARCHAR NOT NULL
);

CREATE TABLE overlaid_services (
    service_id VARCHAR NOT NULL,
    name VARCHAR,
    team_id VARCHAR,
    repo_id VARCHAR,
    tier VARCHAR,
    created_at TIMESTAMP,
    from_template VARCHAR,
    source VARCHAR NOT NULL
);
