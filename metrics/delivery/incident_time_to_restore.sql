/* ---
name: incident_time_to_restore
title: Incident time to restore
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
needs: [incidents]
minimum_n: 3
minimum_n_p90: 20
owner: platform team
definition: >-
  Time from an incident's start to its resolution, whatever its cause. The median, with the 90th percentile.
  Bucket: day on which it started. This is operations, not one of the five delivery keys.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - All causes count, infrastructure and third parties too. It is never shown under the name of a DORA key.
--- */
WITH evidence AS (
    SELECT
        scope_of($by, i.service_id, i.team_id) AS scope_id,
        period_of(i.started_on, $period, $start) AS period_start,
        i.incident_id, i.service_id, i.started_at, i.resolved_at, i.severity, i.cause, i.deployment_id,
        i.link_method, i.time_to_restore_hours AS hours, i.is_covered,
        (epoch($as_of) - epoch(i.started_at)) / 3600.0 AS open_hours,
        CASE
            WHEN NOT i.is_covered THEN 'outside_coverage'
            WHEN i.resolved_at IS NULL THEN 'open'
            WHEN i.time_to_restore_hours < 0 THEN 'negative'
            ELSE 'counted'
        END AS role,
        i.url
    FROM fact_incidents i
    WHERE i.started_on >= $start AND i.started_on < $end
        AND in_scope(i.service_id, i.team_id, i.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN is_covered AND hours >= 0 THEN hours END) AS sorted_hours,
    sorted_values(CASE WHEN is_covered AND resolved_at IS NULL THEN open_hours END) AS open_hours,
    count_if(is_covered AND resolved_at IS NULL) AS n_open,
    count_if(is_covered AND hours < 0) AS excluded_negative,
    count_if(NOT is_covered) AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
