-- One row per service and local day on which anything of it is known: the share of the day that is covered.
-- Grain: service_id, day. Shares are 0 to 1; a missing row means that nothing is known of that day.
WITH spans AS (
    SELECT
        c.service_id, c.resource, k.day, k.starts_at,
        sum(
            (epoch(least(c.to_at, k.ends_at)) - epoch(greatest(c.from_at, k.starts_at)))
            / (epoch(k.ends_at) - epoch(k.starts_at))
        ) AS share
    FROM marts.service_coverage c
    JOIN marts.calendar k ON k.starts_at < c.to_at AND k.ends_at > c.from_at
    GROUP BY ALL
),
days AS (
    SELECT
        service_id, day, starts_at,
        coalesce(max(share) FILTER (WHERE resource = 'deployments'), 0.0) AS deployments,
        coalesce(max(share) FILTER (WHERE resource = 'changes'), 0.0) AS changes,
        coalesce(max(share) FILTER (WHERE resource = 'incidents'), 0.0) AS incidents
    FROM spans
    GROUP BY ALL
)
SELECT d.service_id, coalesce(m.team_id, 'unassigned') AS team_id, m.tier, d.day, d.deployments, d.changes, d.incidents
FROM days d
LEFT JOIN service_map m
    ON m.source = '*' AND m.outside_id = d.service_id
    AND (m.from_at IS NULL OR d.starts_at >= m.from_at)
    AND (m.to_at IS NULL OR d.starts_at < m.to_at)
