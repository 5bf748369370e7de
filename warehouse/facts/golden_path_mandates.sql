-- From which day on a team must deploy by the golden path. Grain: team_id.
SELECT team_id, min(from_on) AS from_on
FROM marts.team_mandates
WHERE list_contains($golden_path_actions, action)
GROUP BY team_id
