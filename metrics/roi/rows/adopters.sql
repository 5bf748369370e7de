-- The month in which each team adopted the golden path: the first of two consecutive months with the stated
-- share of deployments by it and at least three deployments. A team that was there in the first month that is
-- known adopted before it, nobody knows when. Grain: team_id.
WITH months AS (
    SELECT
        team_id, CAST(date_trunc('month', finished_on) AS DATE) AS month,
        count(*) AS n, count_if(via = 'golden_path') AS n_golden
    FROM fact_deployments
    WHERE is_counted
    GROUP BY ALL
),
golden AS (
    SELECT team_id, month, lead(month) OVER (PARTITION BY team_id ORDER BY month) AS next_month
    FROM months
    WHERE n >= 3 AND n_golden >= $golden_path_share * n
),
adopted AS (
    SELECT team_id, min(month) AS adopted_on
    FROM golden
    WHERE next_month = month + INTERVAL 1 MONTH
    GROUP BY team_id
)
SELECT a.team_id, a.adopted_on
FROM adopted a
WHERE a.adopted_on > (SELECT min(month) FROM months)
