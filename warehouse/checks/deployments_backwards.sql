-- warn: deployments: finished before they started; their source's clocks disagree
SELECT deployment_id, started_at, finished_at
FROM deployments
WHERE finished_at < started_at
