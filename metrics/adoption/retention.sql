/* ---
name: retention
title: Retention
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [deployments, action_runs]
minimum_n: 5
owner: platform team
parameters:
  after_months: {default: 3, choices: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}
definition: >-
  Of the teams that first used the platform in a month, the share that used it again in the calendar month so many
  months later. Use is a successful self-service run or a production deployment by the golden path. The platform team is
  left out. Bucket: month of first use.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Only months that are over count; where the later month is not, the team is out and counted, and the cell is blank.
  - Teams first seen in the first month that was collected may have begun before; they are left-truncated, out and counted.
  - By action only runs of that action are uses.
also_called: [cohort retention]
--- */
WITH known AS (
    SELECT
        CAST(date_trunc('month', min(day)) AS DATE) AS first_month,
        CAST(date_trunc('month', max(day)) AS DATE) AS open_month
    FROM team_days
    WHERE action_runs > 0
),
months AS (
    SELECT DISTINCT
        a.team_id, CASE WHEN $by IN ('action', 'team and action') THEN a.action END AS action,
        CAST(date_trunc('month', a.day) AS DATE) AS month
    FROM team_activity a
    JOIN fact_teams t ON t.team_id = a.team_id AND NOT t.is_platform_team
    WHERE (a.n_runs > 0 OR a.n_golden_path > 0) AND in_actions(a.action, $actions)
        AND ($teams IS NULL OR list_contains($teams, a.team_id))
        AND ($by NOT IN ('action', 'team and action') OR a.action IS NOT NULL)
),
cohorts AS (
    SELECT
        team_id, action, min(month) AS cohort_month,
        months_later(min(month), CAST($after_months AS INTEGER)) AS later_month
    FROM months
    GROUP BY team_id, action
),
evidence AS (
    SELECT
        request_scope($by, c.team_id, c.action) AS scope_id,
        period_of(c.cohort_month, $period, $start) AS period_start,
        c.team_id, c.action, c.cohort_month, c.later_month,
        CASE
            WHEN c.cohort_month = k.first_month THEN 'left_truncated'
            WHEN c.later_month >= k.open_month THEN 'incomplete'
            WHEN m.team_id IS NOT NULL THEN 'retained'
            ELSE 'counted'
        END AS role,
        CAST(NULL AS VARCHAR) AS url
    FROM cohorts c
    CROSS JOIN known k
    LEFT JOIN months m
        ON m.team_id = c.team_id AND m.month = c.later_month
        AND coalesce(m.action, '') = coalesce(c.action, '')
    WHERE c.cohort_month >= $start AND c.cohort_month < $end
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'retained') AS numerator,
    count_if(role IN ('retained', 'counted')) AS n,
    count_if(role = 'incomplete') AS excluded_incomplete,
    count_if(role = 'left_truncated') AS excluded_left_truncated
FROM evidence
GROUP BY ALL
