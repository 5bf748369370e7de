-- warn: action_runs: finished or approved before they were requested
SELECT run_id, requested_at, approved_at, finished_at
FROM action_runs
WHERE finished_at < requested_at OR approved_at < requested_at
