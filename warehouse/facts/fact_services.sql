-- One row per service: when work on it began, its first successful production deployment, its team then.
WITH deployments AS (
    SELECT service_id, min(finished_at) AS first_deployment_at
    FROM marts.fact_deployments
    WHERE is_successful
    GROUP BY service_id
),
covered AS (
    SELECT service_id, min(from_at) AS covered_from_at
    FROM marts.service_coverage
    WHERE resource = 'deployments'
    GROUP BY service_id
)
SELECT
    s.service_id,
    coalesce(m.team_id, 'unassigned') AS team_id,
    m.tier,
    s.created_at,
    local_date(s.created_at) AS created_on,
    s.from_template,
    d.first_deployment_at,
    c.covered_from_at
FROM services s
LEFT JOIN deployments d ON d.service_id = s.service_id
LEFT JOIN covered c ON c.service_id = s.service_id
LEFT JOIN service_map m
    ON m.source = '*' AND m.outside_id = s.service_id
    AND (m.from_at IS NULL OR s.created_at >= m.from_at)
    AND (m.to_at IS NULL OR s.created_at < m.to_at)
