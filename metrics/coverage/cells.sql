-- How much of each cell (scope and period) is inside coverage, in days. Grain: scope_id, period_start.
-- A day on which any service of the scope is covered is a covered day of the scope; one on which only its
-- requests are known is not one of its services.
WITH days AS (
    SELECT
        scope_of($by, service_id, team_id) AS scope_id,
        day,
        max(deployments) AS deployments,
        max(changes) AS changes,
        max(incidents) AS incidents
    FROM {days}
    WHERE day >= $start AND day < $end AND in_scope(service_id, team_id, tier, $services, $teams, $tiers)
        AND (deployments > 0 OR changes > 0 OR incidents > 0)
    GROUP BY ALL
)
SELECT
    scope_id,
    period_of(day, $period, $start) AS period_start,
    -- The last digits of a sum of fractions depend on the order of its rows, which differs by run.
    round(sum(deployments), 9) AS covered_deployments_days,
    round(sum(changes), 9) AS covered_changes_days,
    round(sum(incidents), 9) AS covered_incidents_days
FROM days
GROUP BY ALL
