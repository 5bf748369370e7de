-- Every scope of what teams ask for, collected or not, and whose coverage it has: a team its own, an action
-- and the organisation everybody's. Grain: scope_id.
SELECT DISTINCT
    request_scope($by, team_id, action) AS scope_id,
    CASE $by WHEN 'team' THEN team_id ELSE 'organisation' END AS covered_id
FROM request_scopes
WHERE request_scope($by, team_id, action) IS NOT NULL
    AND ($teams IS NULL OR list_contains($teams, team_id))
    AND ($by <> 'action' OR in_actions(action, $actions))
