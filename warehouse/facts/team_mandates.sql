-- From which day on a team must use an action. Grain: team_id, action.
SELECT
    coalesce(m.team_id, d.team_id) AS team_id, d.action,
    min(coalesce(d.from_on, DATE '0001-01-01')) AS from_on
FROM mandates d
LEFT JOIN team_map m
    ON m.source = d.source AND m.kind = 'team' AND m.outside_id = d.team_id
    AND (m.from_at IS NULL OR d.from_on >= m.from_at)
    AND (m.to_at IS NULL OR d.from_on < m.to_at)
GROUP BY ALL
