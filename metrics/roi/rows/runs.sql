-- Successful self-service runs: no dry run, several of one target within half an hour once.
-- Grain: period_start, team_id, action.
SELECT
    period_of(requested_on, $period, $start) AS period_start, team_id, action,
    count(*) AS n, count(lead_hours) AS n_waits, sum(lead_hours) AS wait_hours
FROM fact_runs
WHERE is_successful AND requested_on >= $start AND requested_on < $end
GROUP BY ALL
