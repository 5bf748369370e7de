-- warn: deployments: repair a deployment that is not known
SELECT d.deployment_id, d.repairs_deployment_id
FROM deployments d
ANTI JOIN deployments r ON r.deployment_id = d.repairs_deployment_id
WHERE d.repairs_deployment_id IS NOT NULL
