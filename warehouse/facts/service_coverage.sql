-- When each resource of each service is known in full: intervals that overlap or touch are one.
-- Grain: service_id, resource, from_at. A scope is a service, one of its outside names, its repository or '*'.
WITH scopes AS (
    SELECT s.service_id, s.service_id AS scope_id FROM services s
    UNION
    SELECT m.service_id, m.outside_id FROM service_map m WHERE m.service_id IS NOT NULL
    UNION
    SELECT m.service_id, m.service_id FROM service_map m WHERE m.service_id IS NOT NULL
    UNION
    SELECT s.service_id, s.repo_id FROM services s WHERE s.repo_id IS NOT NULL
),
known_services AS (
    SELECT DISTINCT service_id FROM scopes
),
intervals AS (
    SELECT s.service_id, c.resource, c.from_at, c.to_at
    FROM coverage c
    JOIN scopes s ON s.scope_id = c.scope_id
    UNION ALL
    SELECT k.service_id, c.resource, c.from_at, c.to_at
    FROM coverage c
    CROSS JOIN known_services k
    WHERE c.scope_id = '*'
),
-- A repository whose commits are known has its changes known, unless pull requests are collected as well.
resources AS (
    SELECT service_id, resource, from_at, to_at FROM intervals
    WHERE resource IN ('deployments', 'incidents', 'changes')
    UNION ALL
    SELECT service_id, 'changes', from_at, to_at FROM intervals WHERE resource = 'commits'
),
marked AS (
    SELECT
        *,
        max(to_at) OVER (
            PARTITION BY service_id, resource ORDER BY from_at, to_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS known_until
    FROM resources
),
numbered AS (
    SELECT
        *,
        count_if(known_until IS NULL OR from_at > known_until) OVER (
            PARTITION BY service_id, resource ORDER BY from_at, to_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS island
    FROM marked
)
SELECT service_id, resource, min(from_at) AS from_at, max(to_at) AS to_at
FROM numbered
GROUP BY service_id, resource, island
