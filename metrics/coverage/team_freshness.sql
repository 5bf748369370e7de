-- Until when each resource is known, by scope, of the teams that the filter lets through. Grain: scope_id.
WITH known AS (
    SELECT team_id, resource, to_at FROM team_coverage
    UNION ALL
    SELECT coalesce(m.team_id, 'unassigned'), c.resource, c.to_at
    FROM service_coverage c
    LEFT JOIN service_map m
        ON m.source = '*' AND m.outside_id = c.service_id
        AND (m.from_at IS NULL OR $as_of >= m.from_at)
        AND (m.to_at IS NULL OR $as_of < m.to_at)
),
resources AS (
    SELECT
        CASE WHEN $by IN ('team', 'team and action') THEN team_id ELSE 'organisation' END AS covered_id,
        max(to_at) FILTER (WHERE resource = 'deployments') AS deployments_until,
        max(to_at) FILTER (WHERE resource = 'tickets') AS tickets_until,
        max(to_at) FILTER (WHERE resource = 'action_runs') AS action_runs_until
    FROM known
    WHERE $teams IS NULL OR list_contains($teams, team_id)
    GROUP BY ALL
)
SELECT s.scope_id, r.deployments_until, r.tickets_until, r.action_runs_until
FROM resources r
JOIN ({scopes}) s ON s.covered_id = r.covered_id
