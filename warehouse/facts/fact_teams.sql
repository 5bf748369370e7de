-- One row per team: when it was onboarded, its first deployments, and for which time they are known.
WITH deployments AS (
    SELECT
        team_id,
        min(finished_at) FILTER (WHERE is_successful) AS first_deployment_at,
        min(finished_on) FILTER (WHERE is_successful AND via = 'golden_path') AS first_golden_path_on
    FROM marts.fact_deployments
    GROUP BY team_id
),
covered AS (
    SELECT team_id, min(day) AS covered_from_on, max(day) AS covered_until_on
    FROM marts.team_days
    WHERE deployments > 0
    GROUP BY team_id
)
SELECT
    t.team_id,
    coalesce(t.is_platform_team, FALSE) AS is_platform_team,
    t.onboarded_at,
    local_date(t.onboarded_at) AS onboarded_on,
    d.first_deployment_at,
    d.first_golden_path_on,
    c.covered_from_on,
    c.covered_until_on
FROM teams t
LEFT JOIN deployments d ON d.team_id = t.team_id
LEFT JOIN covered c ON c.team_id = t.team_id
