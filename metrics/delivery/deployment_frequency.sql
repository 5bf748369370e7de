/* ---
name: deployment_frequency
title: Deployment frequency
unit: per day
better: higher
statistic: frequency
grain: [scope_id, period_start]
needs: [deployments]
minimum_n: 0
owner: platform team
definition: >-
  Successful production deployments divided by the days of the window inside coverage. Rollbacks and
  redeploys count and are shown apart. Beside it stand the days with a deployment and the median gap.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - A rate, not a rhythm. Fifty deployments on one day are not one a day, so deployment days stand beside it.
  - A day outside coverage is unknown and shortens the window; it is never a day without deployments.
also_called: [deploy rate, releases per day]
--- */
WITH evidence AS (
    SELECT
        scope_of($by, d.service_id, d.team_id) AS scope_id,
        period_of(d.finished_on, $period, $start) AS period_start,
        d.deployment_id, d.service_id, d.environment, d.status, d.finished_at, d.finished_on, d.sha,
        d.is_successful AS is_counted,
        d.is_successful AND d.is_rollback AS is_rollback,
        d.is_successful AND d.is_redeploy AS is_redeploy,
        d.exclusion,
        CASE
            WHEN d.is_successful THEN 'counted'
            WHEN d.exclusion IS NULL THEN 'failed_in_production'
            ELSE d.exclusion
        END AS role,
        d.url
    FROM fact_deployments d
    WHERE d.finished_on >= $start AND d.finished_on < $end
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(is_counted) AS n,
    count(DISTINCT finished_on) FILTER (WHERE is_counted) AS deployment_days,
    sorted_values(CASE WHEN is_counted THEN epoch(finished_at) / 3600.0 END) AS finish_hours,
    count_if(is_rollback) AS n_rollbacks,
    count_if(is_redeploy) AS n_redeploys,
    count_if(exclusion IS NULL AND NOT is_counted) AS excluded_failed_in_production,
    count_if(exclusion = 'failed_before_production') AS excluded_failed_before_production,
    count_if(exclusion = 'cancelled') AS excluded_cancelled,
    count_if(exclusion = 'not_production') AS excluded_not_production,
    count_if(exclusion = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
