-- Every scope of what teams ask for, collected or not, and whose coverage it has: a team its own, for each of its
-- actions too; an action and the organisation everybody's. Grain: scope_id.
SELECT DISTINCT
    request_scope($by, team_id, action) AS scope_id,
    CASE WHEN $by IN ('team', 'team and action') THEN team_id ELSE 'organisation' END AS covered_id
FROM request_scopes
WHERE request_scope($by, team_id, action) IS NOT NULL
    AND ($teams IS NULL OR list_contains($teams, team_id))
    AND ($by NOT IN ('action', 'team and action') OR in_actions(action, $actions))
