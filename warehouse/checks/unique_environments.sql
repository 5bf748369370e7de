-- fail: environments: a name is judged twice, so its deployments would count twice
SELECT name, count(*) AS n_rows
FROM environments
GROUP BY name
HAVING count(*) > 1
