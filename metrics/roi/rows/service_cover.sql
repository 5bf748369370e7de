-- Days of which both deployments and incidents of a service are known, and days of which anything is.
-- Grain: period_start, service_id, team_id.
SELECT
    period_of(day, $period, $start) AS period_start, service_id, team_id,
    sum(least(deployments, incidents)) AS days, count(*) AS days_of_anything
FROM service_days
WHERE day >= $start AND day < $end
GROUP BY ALL
