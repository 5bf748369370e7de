-- Days of which tickets and runs are known. Grain: period_start, team_id.
SELECT
    period_of(day, $period, $start) AS period_start, team_id,
    sum(tickets) AS tickets, sum(action_runs) AS action_runs
FROM team_days
WHERE day >= $start AND day < $end
GROUP BY ALL
