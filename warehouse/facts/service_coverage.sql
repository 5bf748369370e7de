-- When each resource of each service is known in full: intervals that overlap or touch are one.
-- Grain: service_id, resource, from_at. A scope is a service in the words of its source, a repository or '*'.
WITH repositories AS (
    SELECT DISTINCT coalesce(m.service_id, s.service_id) AS service_id, s.repo_id
    FROM services s
    LEFT JOIN service_map m ON m.outside_id = s.service_id
    WHERE s.repo_id IS NOT NULL
),
named AS (
    SELECT DISTINCT source, outside_id, service_id FROM service_map WHERE service_id IS NOT NULL
),
known_services AS (
    SELECT DISTINCT service_id FROM named
),
intervals AS (
    SELECT n.service_id, c.resource, c.from_at, c.to_at
    FROM coverage c
    JOIN named n ON n.source = c.source AND n.outside_id = c.scope_id
    UNION ALL
    SELECT r.service_id, c.resource, c.from_at, c.to_at
    FROM coverage c
    JOIN repositories r ON r.repo_id = c.scope_id
    UNION ALL
    SELECT k.service_id, c.resource, c.from_at, c.to_at
    FROM coverage c
    CROSS JOIN known_services k
    WHERE c.scope_id = '*'
),
-- A repository whose commits are known has its changes known, unless pull requests are collected as well.
-- Equal intervals must be one here: the two windows below may each put equals in another order.
resources AS (
    SELECT service_id, resource, from_at, to_at FROM intervals
    WHERE resource IN ('deployments', 'incidents', 'changes')
    UNION
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
