-- Every team with the month of its first use of the platform, and what each later month says of it: the rows of
-- the metric `retention` for every value of its parameter. Grain: team_id, months_later (1 to 12).
WITH known AS (
    SELECT
        CAST(date_trunc('month', min(day)) AS DATE) AS first_month,
        CAST(date_trunc('month', max(day)) AS DATE) AS open_month
    FROM team_days
    WHERE action_runs > 0
),
months AS (
    SELECT DISTINCT a.team_id, CAST(date_trunc('month', a.day) AS DATE) AS month
    FROM team_activity a
    JOIN fact_teams t ON t.team_id = a.team_id AND NOT t.is_platform_team
    WHERE (a.n_runs > 0 OR a.n_golden_path > 0) AND in_actions(a.action, $actions)
),
cohorts AS (
    SELECT team_id, min(month) AS cohort_month FROM months GROUP BY team_id
),
later AS (
    SELECT team_id, cohort_month, n AS months_later, months_later(cohort_month, CAST(n AS INTEGER)) AS later_month
    FROM cohorts
    CROSS JOIN range(1, 13) AS r(n)
)
SELECT
    l.team_id, l.cohort_month, l.months_later,
    l.later_month < k.open_month AS is_over,
    m.team_id IS NOT NULL AS is_retained
FROM later l
CROSS JOIN known k
LEFT JOIN months m ON m.team_id = l.team_id AND m.month = l.later_month
-- A team of the first month may have begun before.
WHERE l.cohort_month <> k.first_month
ORDER BY l.team_id, l.months_later
