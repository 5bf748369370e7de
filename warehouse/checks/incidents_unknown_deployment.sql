-- warn: incidents: name a deployment that is not known
SELECT i.incident_id, i.deployment_id
FROM incidents i
ANTI JOIN deployments d ON d.deployment_id = i.deployment_id
WHERE i.deployment_id IS NOT NULL
