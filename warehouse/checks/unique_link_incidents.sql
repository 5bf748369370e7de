-- fail: link_incidents: an incident is charged to two deployments
SELECT incident_id, count(*) AS n_rows
FROM link_incidents
GROUP BY incident_id
HAVING count(*) > 1
