-- What linking works on, as temporary tables and views; derived_changes.sql is put in where it is named.

-- Deployments under our names, in finish order (ties by identifier): `place` is the order.
-- One without a finish is placed by its start; it is no success, since nobody knows since when it ran.
CREATE OR REPLACE TEMP TABLE ordered_deployments AS
SELECT
    row_number() OVER (
        ORDER BY coalesce(d.finished_at, d.started_at) NULLS LAST, d.deployment_id
    ) - 1 AS place,
    d.deployment_id,
    coalesce(m.service_id, d.service_id) AS service_id,
    dense_rank() OVER (ORDER BY coalesce(m.service_id, d.service_id)) - 1 AS service,
    d.environment,
    d.sha,
    d.finished_at,
    d.status = 'success' AND d.finished_at IS NOT NULL AS is_success,
    d.status = 'failure' AND coalesce(d.reached_production, FALSE) AND d.finished_at IS NOT NULL
        AS is_failure_that_reached,
    coalesce(e.is_production, FALSE) AS is_production,
    coalesce(d.is_rollback, FALSE) AS is_flagged
FROM deployments d
LEFT JOIN environments e ON e.name = d.environment
LEFT JOIN service_map m
    ON m.source = d.source AND m.outside_id = d.service_id
    AND (m.from_at IS NULL OR coalesce(d.finished_at, d.started_at) >= m.from_at)
    AND (m.to_at IS NULL OR coalesce(d.finished_at, d.started_at) < m.to_at);

-- Changes keep the name their source gives the service (outside_service_id), beside ours.
CREATE OR REPLACE TEMP VIEW reported_changes AS
SELECT
    c.change_id,
    c.service_id AS outside_service_id,
    coalesce(m.service_id, c.service_id) AS service_id,
    coalesce(c.repo_id, s.repo_id) AS repo_id,
    c.merge_sha
FROM changes c
LEFT JOIN service_map m
    ON m.source = c.source AND m.outside_id = c.service_id
    AND (m.from_at IS NULL OR coalesce(c.merged_at, c.opened_at, c.first_commit_at) >= m.from_at)
    AND (m.to_at IS NULL OR coalesce(c.merged_at, c.opened_at, c.first_commit_at) < m.to_at)
LEFT JOIN services s ON s.service_id = coalesce(m.service_id, c.service_id);

CREATE OR REPLACE TEMP VIEW linkable_changes AS
SELECT change_id, outside_service_id, service_id, repo_id, merge_sha FROM reported_changes
UNION ALL
SELECT c.change_id, c.service_id, coalesce(m.service_id, c.service_id), c.repo_id, c.merge_sha
FROM ({derived_changes}) c
LEFT JOIN service_map m
    ON m.source = c.source AND m.outside_id = c.service_id
    AND (m.from_at IS NULL OR coalesce(c.merged_at, c.first_commit_at) >= m.from_at)
    AND (m.to_at IS NULL OR coalesce(c.merged_at, c.first_commit_at) < m.to_at);

-- Which deployments their source ties to a change; a change that has any here is not linked by ancestry.
CREATE OR REPLACE TEMP TABLE stated_changes AS
SELECT DISTINCT x.change_id, d.service_id, d.place
FROM deployment_changes x
JOIN ordered_deployments d ON d.deployment_id = x.deployment_id;

-- Repositories whose commits can say something about the deployments of a service, numbered.
CREATE OR REPLACE TEMP TABLE repository_services AS
WITH pairs AS (
    SELECT s.repo_id, coalesce(m.service_id, s.service_id) AS service_id
    FROM services s
    LEFT JOIN service_map m ON m.outside_id = s.service_id
    UNION
    SELECT repo_id, service_id FROM reported_changes
    UNION
    SELECT p.repo_id, coalesce(m.service_id, p.service_id)
    FROM (SELECT DISTINCT source, repo_id, service_id FROM commit_paths) p
    LEFT JOIN service_map m ON m.source = p.source AND m.outside_id = p.service_id
),
repositories AS (
    SELECT repo_id, count(*) AS n_commits FROM commits GROUP BY repo_id
),
deployed_services AS (
    SELECT DISTINCT service_id, service FROM ordered_deployments WHERE sha IS NOT NULL
)
SELECT dense_rank() OVER (ORDER BY p.repo_id) - 1 AS repository, p.repo_id, p.service_id, s.service, r.n_commits
FROM pairs p
JOIN repositories r ON r.repo_id = p.repo_id
JOIN deployed_services s ON s.service_id = p.service_id
