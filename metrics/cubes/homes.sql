-- Every team and tier that anything of a service belongs to, at any time. Grain: service_id, team_id, tier.
WITH places AS (
    SELECT service_id, team_id, tier FROM fact_deployments
    UNION
    SELECT service_id, team_id, tier FROM fact_changes
    UNION
    SELECT service_id, team_id, tier FROM fact_incidents
    UNION
    SELECT service_id, team_id, tier FROM service_days
    UNION
    SELECT service_id, coalesce(team_id, 'unassigned'), tier FROM service_map WHERE service_id IS NOT NULL
    UNION
    -- Where it belongs when the snapshot speaks, which says until when it is known.
    SELECT c.service_id, coalesce(m.team_id, 'unassigned'), m.tier
    FROM service_coverage c
    LEFT JOIN service_map m
        ON m.source = '*' AND m.outside_id = c.service_id
        AND (m.from_at IS NULL OR $as_of >= m.from_at)
        AND (m.to_at IS NULL OR $as_of < m.to_at)
)
SELECT service_id, team_id, tier FROM places ORDER BY ALL
