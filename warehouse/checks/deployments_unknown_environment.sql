-- warn: deployments: an environment that is not judged yet counts as not production
SELECT d.environment, count(*) AS n_deployments
FROM deployments d
ANTI JOIN environments e ON e.name = d.environment
GROUP BY d.environment
