-- Deployments, and the hours until the failed ones were recovered: one that is still open counts with its
-- hours so far, and none with more than the cap. Grain: period_start, service_id, team_id.
WITH deployments AS (
    SELECT
        period_of(finished_on, $period, $start) AS period_start, service_id, team_id, is_failed,
        recovery_hours IS NULL AS is_open,
        greatest(coalesce(recovery_hours, (epoch($as_of) - epoch(finished_at)) / 3600.0), 0.0) AS hours
    FROM fact_deployments
    WHERE is_counted AND has_incident_coverage AND finished_on >= $start AND finished_on < $end
)
SELECT
    period_start, service_id, team_id,
    count(*) AS deployments,
    count_if(is_failed) AS failed,
    count_if(is_failed AND is_open) AS still_open,
    count_if(is_failed AND hours > $recovery_cap_hours) AS capped,
    coalesce(sum(least(hours, $recovery_cap_hours)) FILTER (WHERE is_failed), 0.0) AS hours,
    coalesce(sum(power(least(hours, $recovery_cap_hours), 2)) FILTER (WHERE is_failed), 0.0) AS squared_hours
FROM deployments
GROUP BY ALL
