-- Incidents that a deployment caused. Grain: period_start, service_id, team_id.
SELECT period_of(started_on, $period, $start) AS period_start, service_id, team_id, count(*) AS n
FROM fact_incidents
WHERE is_change_failure AND is_covered AND started_on >= $start AND started_on < $end
GROUP BY ALL
