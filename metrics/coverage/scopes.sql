-- Every scope that the filter lets through, collected or not. Grain: scope_id.
SELECT DISTINCT scope_of($by, service_id, coalesce(team_id, 'unassigned')) AS scope_id
FROM service_map
WHERE service_id IS NOT NULL AND in_scope(service_id, coalesce(team_id, 'unassigned'), tier, $services, $teams, $tiers)
