-- Self-service runs that count, as in `rows/runs.sql`. Grain: run.
SELECT run_id, action, team_id, service_id, target, requested_at, finished_at, elapsed_hours, url
FROM fact_runs
WHERE is_successful AND requested_on >= $start AND requested_on < $end
ORDER BY requested_at, run_id
