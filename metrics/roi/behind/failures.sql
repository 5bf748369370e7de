-- Failed deployments, as in `rows/failures.sql`; an open one has no hours yet. Grain: deployment.
SELECT deployment_id, service_id, team_id, finished_at, restored_at, recovery_hours, url
FROM fact_deployments
WHERE is_counted AND has_incident_coverage AND is_failed AND finished_on >= $start AND finished_on < $end
ORDER BY finished_at, deployment_id
