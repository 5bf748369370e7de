-- Until when each resource is known, by scope, of the services that the filter lets through. Grain: scope_id.
SELECT
    scope_of($by, c.service_id, coalesce(m.team_id, 'unassigned')) AS scope_id,
    max(c.to_at) FILTER (WHERE c.resource = 'deployments') AS deployments_until,
    max(c.to_at) FILTER (WHERE c.resource = 'changes') AS changes_until,
    max(c.to_at) FILTER (WHERE c.resource = 'incidents') AS incidents_until
FROM service_coverage c
LEFT JOIN service_map m
    ON m.source = '*' AND m.outside_id = c.service_id
    AND (m.from_at IS NULL OR $as_of >= m.from_at)
    AND (m.to_at IS NULL OR $as_of < m.to_at)
WHERE in_scope(c.service_id, coalesce(m.team_id, 'unassigned'), m.tier, $services, $teams, $tiers)
GROUP BY ALL
