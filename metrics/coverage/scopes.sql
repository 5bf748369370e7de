-- Every scope that the filter lets through, collected or not. Grain: scope_id.
-- What nobody owns is no scope by itself; it shows where it has coverage or rows.
SELECT DISTINCT scope_of($by, service_id, team_id) AS scope_id
FROM service_map
WHERE service_id IS NOT NULL AND scope_of($by, service_id, team_id) IS NOT NULL
    AND in_scope(service_id, coalesce(team_id, 'unassigned'), tier, $services, $teams, $tiers)
