/* ---
name: team_adoption_rate
title: Team adoption rate
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [deployments, action_runs]
minimum_n: 5
owner: platform team
parameters:
  adoption: {default: all, choices: [all, voluntary, mandated]}
definition: >-
  Share of teams that used the platform at least three times in the 90 days up to the period's last known day:
  three successful self-service runs, or three production deployments by the golden path. The denominator is
  every team with a production deployment or a request in those days, the platform team left out; it is stated
  as n and dated denominator_on.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Runs and deployments are not added up, because a run that deploys is often both.
  - By action the denominator stays the same and only runs of that action count.
  - Where 90 days before the date are not all collected, teams are out and counted as excluded_short_history.
  - A team with a mandate in force complies; adoption=voluntary leaves such teams out.
also_called: [platform adoption]
--- */
WITH known AS (
    SELECT min(day) AS first_day, max(day) AS last_day FROM team_days WHERE action_runs > 0
),
periods AS (
    SELECT
        period_of(c.day, $period, $start) AS period_start,
        max(c.day) AS last_day,
        max(c.day) - INTERVAL 89 DAY >= max(k.first_day) AS has_history
    FROM calendar c
    JOIN known k ON c.day >= k.first_day AND c.day <= k.last_day
    WHERE c.day >= $start AND c.day < $end AND c.starts_at < $as_of
    GROUP BY ALL
),
population AS (
    SELECT
        p.period_start, p.last_day, p.has_history, a.team_id,
        sum(a.n_deployments) AS n_deployments, sum(a.n_requests) AS n_requests
    FROM periods p
    JOIN team_activity a ON a.day > p.last_day - INTERVAL 90 DAY AND a.day <= p.last_day
    JOIN fact_teams t ON t.team_id = a.team_id AND NOT t.is_platform_team
    WHERE (a.n_deployments > 0 OR a.n_requests > 0)
        AND ($teams IS NULL OR list_contains($teams, a.team_id))
    GROUP BY ALL
),
uses AS (
    SELECT
        p.period_start, a.team_id, CASE WHEN $by IN ('action', 'team and action') THEN a.action END AS action,
        sum(a.n_runs) AS n_runs, sum(a.n_golden_path) AS n_golden_path
    FROM periods p
    JOIN team_activity a ON a.day > p.last_day - INTERVAL 90 DAY AND a.day <= p.last_day
    WHERE in_actions(a.action, $actions)
    GROUP BY ALL
),
actions AS (
    SELECT DISTINCT CASE WHEN $by IN ('action', 'team and action') THEN action END AS action
    FROM request_scopes
    WHERE $by NOT IN ('action', 'team and action') OR (action IS NOT NULL AND in_actions(action, $actions))
),
obliged AS (
    SELECT team_id, CASE WHEN $by IN ('action', 'team and action') THEN action END AS action, min(from_on) AS from_on
    FROM team_mandates
    WHERE in_actions(action, $actions)
    GROUP BY ALL
),
judged AS (
    SELECT
        request_scope($by, q.team_id, c.action) AS scope_id,
        q.period_start, q.team_id, c.action, q.last_day AS denominator_on, q.has_history,
        coalesce(m.from_on <= q.last_day, FALSE) AS is_mandated,
        q.n_deployments, q.n_requests,
        coalesce(u.n_runs, 0) AS n_runs,
        coalesce(u.n_golden_path, 0) AS n_golden_path
    FROM population q
    CROSS JOIN actions c
    LEFT JOIN uses u
        ON u.period_start = q.period_start AND u.team_id = q.team_id
        AND coalesce(u.action, '') = coalesce(c.action, '')
    LEFT JOIN obliged m ON m.team_id = q.team_id AND coalesce(m.action, '') = coalesce(c.action, '')
),
evidence AS (
    SELECT
        *,
        CASE
            WHEN NOT has_history THEN 'short_history'
            WHEN n_runs >= 3 OR n_golden_path >= 3 THEN 'adopted'
            ELSE 'not_adopted'
        END AS role,
        CAST(NULL AS VARCHAR) AS url
    FROM judged
    WHERE $adoption = 'all' OR is_mandated = ($adoption = 'mandated')
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'adopted') AS numerator,
    count_if(role <> 'short_history') AS n,
    max(denominator_on) AS denominator_on,
    count_if(is_mandated AND role <> 'short_history') AS n_mandated,
    count_if(is_mandated AND role = 'adopted') AS numerator_mandated,
    count_if(role = 'short_history') AS excluded_short_history
FROM evidence
GROUP BY ALL
