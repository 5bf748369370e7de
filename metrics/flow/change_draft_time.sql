/* ---
name: change_draft_time
title: Draft time
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
needs: [deployments, changes]
details: change
minimum_n: 5
minimum_n_p90: 20
owner: platform team
definition: >-
  Time a change spent as a draft before it was ready for review.
  The median, with the 90th percentile. Bucket: day of deployment.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - Changes that never were a draft are absent, not zero.
  - The same changes as in change lead time; those it leaves out are out here too.
--- */
WITH evidence AS (
    SELECT
        scope_of($by, c.service_id, c.team_id) AS scope_id,
        period_of(c.deployed_on, $period, $start) AS period_start,
        c.change_id, c.service_id, c.outside_service_id, c.deployment_id,
        CASE WHEN c.is_link_stated THEN 'explicit' ELSE 'ancestry' END AS link_method,
        CASE WHEN c.exclusion IS NULL AND c.authored_hours >= 0 THEN c.draft_hours END AS hours,
        CASE
            WHEN c.exclusion IS NOT NULL THEN c.exclusion
            WHEN c.authored_hours IS NULL THEN 'unknown_start'
            WHEN c.authored_hours < 0 THEN 'negative'
            WHEN c.draft_hours IS NULL THEN 'absent'
            ELSE 'counted'
        END AS role
    FROM fact_changes c
    WHERE c.deployed_on >= $start AND c.deployed_on < $end
        AND in_scope(c.service_id, c.team_id, c.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(hours) AS sorted_hours,
    count_if(role = 'absent') AS n_absent
FROM evidence
GROUP BY ALL
