-- fail: deployment_states: a deployment has two states, so it would count twice
SELECT deployment_id, count(*) AS n_rows
FROM deployment_states
GROUP BY deployment_id
HAVING count(*) > 1
