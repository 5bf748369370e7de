-- service_days per team, so that a team's covered days need no distinct count. Grain: team_id, day.
SELECT
    team_id, day,
    max(deployments) AS deployments, max(changes) AS changes, max(incidents) AS incidents,
    count_if(deployments > 0) AS n_services, count_if(incidents > 0) AS n_services_with_incidents
FROM marts.service_days
GROUP BY ALL
