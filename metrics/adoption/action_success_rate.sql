/* ---
name: action_success_rate
title: Success rate of runs
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [action_runs]
minimum_n: 10
owner: platform team
definition: >-
  Share of self-service runs that ended in success, of those that ended in success or failure.
  Bucket: day on which the run was requested.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Dry, cancelled and unfinished runs are out and counted.
  - Runs of one target with the same outcome within 30 minutes count once, so that a failed run and its successful
    retry are one failure and one success.
--- */
WITH evidence AS (
    SELECT
        request_scope($by, r.team_id, r.action) AS scope_id,
        period_of(r.requested_on, $period, $start) AS period_start,
        r.run_id, r.action, r.team_id, r.service_id, r.target, r.status, r.requested_at, r.finished_at,
        CASE
            WHEN r.exclusion IS NOT NULL THEN r.exclusion
            WHEN r.is_successful THEN 'succeeded'
            ELSE 'counted'
        END AS role,
        r.url
    FROM fact_runs r
    WHERE r.requested_on >= $start AND r.requested_on < $end
        AND in_scope(r.service_id, r.team_id, r.tier, $services, $teams, $tiers)
        AND in_actions(r.action, $actions)
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'succeeded') AS numerator,
    count_if(role IN ('succeeded', 'counted')) AS n,
    count_if(role = 'dry_run') AS excluded_dry_run,
    count_if(role = 'cancelled') AS excluded_cancelled,
    count_if(role = 'repeated') AS excluded_repeated,
    count_if(role IN ('in_progress', 'awaiting_approval')) AS excluded_unfinished,
    count_if(role = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
