/* ---
name: deployment_rework_rate
title: Deployment rework rate
unit: ratio
better: lower
statistic: rate
grain: [scope_id, period_start]
needs: [deployments]
minimum_n: 10
owner: platform team
definition: >-
  Share of production deployments that were unplanned and made to repair production: rollbacks, hotfixes and
  deployments that name the one they repair. Being the cause of an incident does not count.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - The share that could be classified stands beside it; a source without triggers and without a commit graph
    cannot tell planned from unplanned.
--- */
WITH evidence AS (
    SELECT
        scope_of($by, d.service_id, d.team_id) AS scope_id,
        period_of(d.finished_on, $period, $start) AS period_start,
        d.deployment_id, d.service_id, d.status, d.finished_at, d.sha, d.trigger,
        d.is_rework, d.is_rollback, d.is_hotfix, d.is_classified, d.repairs_deployment_id,
        CASE
            WHEN d.is_rollback THEN 'rollback'
            WHEN d.is_hotfix THEN 'hotfix'
            WHEN d.is_classified THEN 'planned'
            ELSE 'not classified'
        END AS role,
        d.url
    FROM fact_deployments d
    WHERE d.finished_on >= $start AND d.finished_on < $end AND d.is_counted
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(is_rework) AS numerator,
    count(*) AS n,
    count_if(is_rollback) AS n_rollbacks,
    count_if(is_hotfix AND NOT is_rollback) AS n_hotfixes,
    count_if(is_classified OR is_rework) AS n_classified
FROM evidence
GROUP BY ALL
