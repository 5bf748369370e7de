/* ---
name: golden_path_share
title: Golden-path share
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
needs: [deployments]
minimum_n: 10
owner: platform team
parameters:
  adoption: {default: all, choices: [all, voluntary, mandated]}
definition: >-
  Production deployments by the golden path divided by all production deployments. Bucket: day of deployment.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Deployments whose way is not known are out and counted; a source that never says it gives no share, not 0 %.
  - Where a mandate for the golden path is in force the share is compliance; adoption=voluntary leaves it out.
--- */
WITH evidence AS (
    SELECT
        scope_of($by, d.service_id, d.team_id) AS scope_id,
        period_of(d.finished_on, $period, $start) AS period_start,
        d.deployment_id, d.service_id, d.team_id, d.status, d.finished_at, d.via,
        coalesce(d.finished_on >= m.from_on, FALSE) AS is_mandated,
        CASE
            WHEN d.via IS NULL THEN 'way_unknown'
            WHEN d.via = 'golden_path' THEN 'golden_path'
            ELSE 'counted'
        END AS role,
        d.url
    FROM fact_deployments d
    LEFT JOIN golden_path_mandates m ON m.team_id = d.team_id
    WHERE d.finished_on >= $start AND d.finished_on < $end AND d.is_counted
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
        AND ($adoption = 'all' OR coalesce(d.finished_on >= m.from_on, FALSE) = ($adoption = 'mandated'))
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'golden_path') AS numerator,
    count_if(role <> 'way_unknown') AS n,
    count_if(is_mandated AND role <> 'way_unknown') AS n_mandated,
    count_if(is_mandated AND role = 'golden_path') AS numerator_mandated,
    count_if(role = 'way_unknown') AS excluded_way_unknown
FROM evidence
GROUP BY ALL
