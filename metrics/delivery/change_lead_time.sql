/* ---
name: change_lead_time
title: Change lead time
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
needs: [deployments, changes]
details: change
minimum_n: 5
minimum_n_p90: 20
owner: platform team
parameters:
  clock: {default: authored, choices: [authored, committed, merged]}
definition: >-
  Time from a change's first commit to the end of the first production deployment that contains it, by
  ancestry of the merge commit. The median, with the 75th and 90th percentile. Bucket: day of deployment.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - Bots, changes that are negative on the clock in use and left-truncated changes are out and counted.
  - Changes first contained in the first observed deployment may have been live before; they are left-truncated.
also_called: [lead time for changes, cycle time]
--- */
WITH evidence AS (
    SELECT
        scope_of($by, c.service_id, c.team_id) AS scope_id,
        period_of(c.deployed_on, $period, $start) AS period_start,
        c.change_id, c.service_id, c.outside_service_id, c.deployment_id,
        CASE WHEN c.is_link_stated THEN 'explicit' ELSE 'ancestry' END AS link_method,
        CASE $clock WHEN 'authored' THEN c.authored_hours WHEN 'committed' THEN c.committed_hours
            WHEN 'merged' THEN c.merged_hours END AS hours,
        c.exclusion,
        CASE
            WHEN c.exclusion IS NOT NULL THEN c.exclusion
            WHEN hours IS NULL THEN 'unknown_start'
            WHEN hours < 0 THEN 'negative'
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
    sorted_values(CASE WHEN exclusion IS NULL AND hours >= 0 THEN hours END) AS sorted_hours,
    count_if(exclusion = 'bot') AS excluded_bot,
    count_if(exclusion = 'left_truncated') AS excluded_left_truncated,
    count_if(exclusion = 'outside_coverage') AS excluded_outside_coverage,
    count_if(exclusion IS NULL AND hours < 0) AS excluded_negative,
    count_if(exclusion IS NULL AND hours IS NULL) AS excluded_unknown_start
FROM evidence
GROUP BY ALL
