-- From which day on a team must deploy by the golden path. Grain: team_id.
SELECT team_id, min(coalesce(from_on, DATE '0001-01-01')) AS from_on
FROM mandates
WHERE list_contains($golden_path_actions, action)
GROUP BY team_id
