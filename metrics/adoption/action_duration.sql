/* ---
name: action_duration
title: Duration of runs
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [action_runs]
minimum_n: 5
minimum_n_p90: 20
owner: platform team
definition: >-
  Time that a successful self-service run took, from its approval, or from its request where none was needed, to its
  end. The median, with the 90th percentile; the wait for the approval is apart. Bucket: day of the request.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Failed runs are out, because a run that fails at once is not quick.
  - approval_hours are of those successful runs that waited for an approval.
--- */
WITH evidence AS (
    SELECT
        request_scope($by, r.team_id, r.action) AS scope_id,
        period_of(r.requested_on, $period, $start) AS period_start,
        r.run_id, r.action, r.team_id, r.service_id, r.requested_at, r.approved_at, r.finished_at,
        r.duration_hours AS hours, r.approval_hours,
        CASE
            WHEN r.finished_at IS NULL THEN 'no_finish_time'
            WHEN r.duration_hours < 0 OR r.approval_hours < 0 THEN 'negative'
            ELSE 'counted'
        END AS role,
        r.url
    FROM fact_runs r
    WHERE r.requested_on >= $start AND r.requested_on < $end AND r.is_successful
        AND in_scope(r.service_id, r.team_id, r.tier, $services, $teams, $tiers)
        AND in_actions(r.action, $actions)
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN role = 'counted' THEN hours END) AS sorted_hours,
    sorted_values(CASE WHEN role = 'counted' THEN approval_hours END) AS approval_hours,
    count_if(role = 'negative') AS excluded_negative,
    count_if(role = 'no_finish_time') AS excluded_no_finish_time
FROM evidence
GROUP BY ALL
