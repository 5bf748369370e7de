-- warn: goal_entries: a goal is of a team or service that no source knows, so it can never be judged
WITH newest AS (
    SELECT key, scope_id, state
    FROM goal_entries
    QUALIFY row_number() OVER (PARTITION BY key, scope_id ORDER BY version DESC, sequence DESC) = 1
),
scopes AS (
    SELECT 'team:' || team_id AS scope_id FROM teams
    UNION
    SELECT 'service:' || service_id FROM services
    UNION
    SELECT unnest(['team:' || team_id, 'service:' || service_id]) FROM service_map
)
SELECT key, scope_id
FROM newest
WHERE state = 'set' AND scope_id <> '*'
    AND scope_id NOT IN (SELECT scope_id FROM scopes WHERE scope_id IS NOT NULL)
