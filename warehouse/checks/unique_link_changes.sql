-- fail: link_changes: a change of a service has two first deployments
SELECT change_id, service_id, count(*) AS n_rows
FROM link_changes
GROUP BY ALL
HAVING count(*) > 1
