-- Which services of a monorepo a commit touches. Needs a clone with trees, so most organisations have no rows.

CREATE TABLE commit_paths (
    repo_id VARCHAR NOT NULL,
    sha VARCHAR NOT NULL,
    service_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL
);
