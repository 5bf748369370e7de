/* ---
name: failed_deployment_recovery_time
title: Failed deployment recovery time
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
needs: [deployments, incidents]
minimum_n: 3
minimum_n_p90: 20
owner: platform team
parameters:
  clock: {default: deployment, choices: [deployment, first_incident]}
  inferred: {default: true, choices: [true, false]}
definition: >-
  Per failed production deployment, the time from its end until it was restored: the resolution of the last
  linked change incident, or, where none is linked, the end of the deployment that repaired it. The median,
  with the 90th percentile and the number still open. Bucket: day of the failed deployment.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - Open ones are not in the median; the Kaplan-Meier median beside it includes them as censored.
  - The clock first_incident starts at the first linked incident and leaves failures without one out.
also_called: [time to restore service, MTTR]
--- */
WITH evidence AS (
    SELECT
        scope_of($by, d.service_id, d.team_id) AS scope_id,
        period_of(d.finished_on, $period, $start) AS period_start,
        d.deployment_id, d.service_id, d.finished_at, d.first_incident_at,
        CASE WHEN $inferred THEN d.restored_at ELSE d.restored_stated_at END AS restored_at,
        CASE WHEN $clock = 'first_incident' THEN d.recovery_from_incident_hours
            WHEN $inferred THEN d.recovery_hours ELSE d.recovery_stated_hours END AS hours,
        $clock = 'deployment' OR d.first_incident_at IS NOT NULL AS is_on_clock,
        (epoch($as_of) - epoch(
            CASE WHEN $clock = 'first_incident' THEN d.first_incident_at ELSE d.finished_at END
        )) / 3600.0 AS open_hours,
        d.incident_ids, d.rolled_back_by, d.hotfixed_by,
        CASE
            WHEN NOT ($clock = 'deployment' OR d.first_incident_at IS NOT NULL) THEN 'no_incident'
            WHEN restored_at IS NULL THEN 'open'
            WHEN hours < 0 THEN 'negative'
            ELSE 'counted'
        END AS role,
        d.url
    FROM fact_deployments d
    WHERE d.finished_on >= $start AND d.finished_on < $end
        AND CASE WHEN $inferred THEN d.is_failed ELSE d.is_failed_stated END
        AND d.has_incident_coverage
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN is_on_clock AND hours >= 0 THEN hours END) AS sorted_hours,
    sorted_values(CASE WHEN is_on_clock AND restored_at IS NULL THEN open_hours END) AS open_hours,
    count_if(is_on_clock AND restored_at IS NULL) AS n_open,
    count_if(NOT is_on_clock) AS excluded_no_incident,
    count_if(is_on_clock AND hours < 0) AS excluded_negative
FROM evidence
GROUP BY ALL
