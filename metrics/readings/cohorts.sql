-- Every team with the month of its first use of the platform, and what each later month says of it. It goes over the
-- rows that the metric `retention` names: uses by month, cohorts, the first month and the one that is not over.
-- Grain: team_id, months_later (1 to 12).
SELECT
    l.team_id, l.cohort_month, l.months_later,
    l.later_month < k.open_month AS is_over,
    m.team_id IS NOT NULL AS is_retained
FROM (
    SELECT team_id, cohort_month, n AS months_later, months_later(cohort_month, CAST(n AS INTEGER)) AS later_month
    FROM cohorts
    CROSS JOIN range(1, 13) AS r(n)
) l
CROSS JOIN known k
LEFT JOIN months m ON m.team_id = l.team_id AND m.month = l.later_month
-- A team of the first month may have begun before.
WHERE l.cohort_month <> k.first_month
ORDER BY l.team_id, l.months_later
