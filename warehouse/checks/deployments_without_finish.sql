-- warn: deployments: ended, but without the time of it; they are left out of every metric
SELECT deployment_id, status
FROM deployments
WHERE status IN ('success', 'failure') AND finished_at IS NULL
