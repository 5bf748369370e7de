-- The same rows read as other definitions read them, so that a difference to another tool can be explained.
-- One row: numerators and denominators over the whole scope. Only the last pair is ours.
WITH deployments AS (
    SELECT d.*
    FROM fact_deployments d
    WHERE d.finished_on >= $start AND d.finished_on < $end
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
),
incidents AS (
    SELECT i.*
    FROM fact_incidents i
    WHERE i.started_on >= $start AND i.started_on < $end AND i.cause IN ('change', 'unknown')
        AND in_scope(i.service_id, i.team_id, i.tier, $services, $teams, $tiers)
),
-- The latest deployment of the team before the incident, whichever service it was of.
blamed AS (
    SELECT DISTINCT max_by(d.deployment_id, d.finished_at) AS deployment_id
    FROM incidents i
    JOIN deployments d ON d.team_id = i.team_id AND d.is_successful AND d.finished_at <= i.started_at
    GROUP BY i.incident_id
),
versions AS (
    SELECT service_id, count(DISTINCT sha) AS n FROM deployments WHERE is_successful GROUP BY service_id
),
failures AS (
    SELECT service_id, count(*) AS n FROM incidents GROUP BY service_id
),
rate_per_service AS (
    SELECT avg(coalesce(f.n, 0) / v.n) AS rate
    FROM versions v
    LEFT JOIN failures f ON f.service_id = v.service_id
)
SELECT
    (SELECT count_if(is_failed_rollout) FROM deployments) AS failed_rollouts,
    (SELECT count_if(is_counted) FROM deployments) AS production_deployments,
    (SELECT count_if(is_successful) FROM deployments) AS successful_deployments,
    (SELECT count(*) FROM deployments) AS all_deployments,
    (SELECT count(*) FROM incidents) AS change_incidents,
    (SELECT count(*) FROM blamed WHERE deployment_id IS NOT NULL) AS blamed_deployments,
    (SELECT rate FROM rate_per_service) AS mean_rate_of_services,
    (SELECT count_if(is_failed AND has_incident_coverage) FROM deployments) AS failed_deployments,
    (SELECT count_if(is_counted AND has_incident_coverage) FROM deployments) AS covered_deployments
