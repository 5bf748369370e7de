-- Every resource that a source covers: which share of $start to $end is known. Grain: resource.
-- Deployments, changes and incidents are expected of every service since it exists, tickets and runs of every
-- team; anything else is known once for the organisation.
WITH expected AS (
    SELECT r.resource, m.service_id AS scope_id, min(greatest($start, coalesce(s.created_at, $start))) AS since
    FROM service_map m
    CROSS JOIN (SELECT unnest(['deployments', 'changes', 'incidents']) AS resource) r
    LEFT JOIN services s ON s.service_id = m.service_id
    WHERE m.service_id IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT r.resource, t.team_id AS scope_id, $start AS since
    FROM teams t
    CROSS JOIN (SELECT unnest(['tickets', 'action_runs']) AS resource) r
    UNION ALL
    SELECT DISTINCT resource, '*' AS scope_id, $start AS since
    FROM coverage
    WHERE resource NOT IN ('deployments', 'changes', 'incidents', 'tickets', 'action_runs')
),
spans AS (
    SELECT resource, service_id AS scope_id, from_at, to_at FROM service_coverage
    UNION ALL
    SELECT resource, team_id AS scope_id, from_at, to_at FROM team_coverage
    UNION ALL
    SELECT resource, '*' AS scope_id, from_at, to_at
    FROM coverage
    WHERE resource NOT IN ('deployments', 'changes', 'incidents', 'tickets', 'action_runs')
),
marked AS (
    SELECT
        *,
        max(to_at) OVER (
            PARTITION BY resource, scope_id ORDER BY from_at, to_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS known_until
    FROM spans
),
-- Where two sources cover the same time it is known once.
pieces AS (
    SELECT resource, scope_id, greatest(from_at, coalesce(known_until, from_at)) AS from_at, to_at
    FROM marked
    WHERE known_until IS NULL OR to_at > known_until
),
known AS (
    SELECT
        e.resource, e.scope_id,
        epoch($end) - epoch(e.since) AS expected_seconds,
        sum(epoch(least(p.to_at, $end)) - epoch(greatest(p.from_at, e.since)))
            FILTER (WHERE p.to_at > e.since AND p.from_at < $end) AS known_seconds
    FROM expected e
    LEFT JOIN pieces p ON p.resource = e.resource AND p.scope_id = e.scope_id
    WHERE e.since < $end
    GROUP BY ALL
),
resources AS (
    SELECT resource, max(to_at) AS until, list_sort(list(DISTINCT source)) AS sources
    FROM coverage
    GROUP BY ALL
),
last_runs AS (
    SELECT source, job, max_by(status, run_id) AS status FROM job_runs WHERE source IS NOT NULL GROUP BY ALL
),
failures AS (
    SELECT c.resource, list_sort(list(DISTINCT c.source)) AS sources
    FROM coverage c
    JOIN last_runs l ON l.source = c.source AND l.status IN ('failure', 'interrupted')
    GROUP BY ALL
)
SELECT
    r.resource, r.sources, r.until,
    coalesce(sum(k.known_seconds), 0) / nullif(sum(k.expected_seconds), 0) AS coverage,
    count(k.scope_id) AS n_scopes,
    count(*) FILTER (WHERE k.known_seconds > 0) AS n_known,
    coalesce(f.sources, []) AS failed
FROM resources r
JOIN known k USING (resource)
LEFT JOIN failures f USING (resource)
GROUP BY ALL
ORDER BY r.resource
