-- How much of each cell (scope and period) is inside coverage, in days. Grain: scope_id, period_start.
-- A day on which any team of the scope is covered is a covered day of the scope.
WITH days AS (
    SELECT
        CASE WHEN $by IN ('team', 'team and action') THEN team_id ELSE 'organisation' END AS covered_id,
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
    -- The last digits of a sum of fractions depend on the order of its rows, which differs by run.
    round(sum(d.deployments), 9) AS covered_deployments_days,
    round(sum(d.tickets), 9) AS covered_tickets_days,
    round(sum(d.action_runs), 9) AS covered_action_runs_days
FROM days d
JOIN ({scopes}) s ON s.covered_id = d.covered_id
GROUP BY ALL
