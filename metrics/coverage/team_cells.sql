-- How much of each cell (scope and period) is inside coverage, in days. Grain: scope_id, period_start.
-- A day on which any team of the scope is covered is a covered day of the scope.
WITH days AS (
    SELECT
        CASE $by WHEN 'team' THEN team_id ELSE 'organisation' END AS covered_id,
        day,
        max(deployments) AS deployments,
        max(tickets) AS tickets,
        max(action_runs) AS action_runs
    FROM team_days
    WHERE day >= $start AND day < $end AND ($teams IS NULL OR list_contains($teams, team_id))
    GROUP BY ALL
)
SELECT
    s.scope_id,
    period_of(d.day, $period, $start) AS period_start,
    sum(d.deployments) AS covered_deployments_days,
    sum(d.tickets) AS covered_tickets_days,
    sum(d.action_runs) AS covered_action_runs_days
FROM days d
JOIN ({scopes}) s ON s.covered_id = d.covered_id
GROUP BY ALL
