-- One row per incident, with its deployment where one is linked, and how it counts.
-- Explicitly linked: change, unless stated otherwise. Linked by window with an unknown cause: inferred.
WITH linked AS (
    SELECT
        i.incident_id,
        coalesce(m.service_id, i.service_id) AS service_id,
        coalesce(m.team_id, 'unassigned') AS team_id,
        m.tier,
        i.started_at,
        i.detected_at,
        i.resolved_at,
        local_date(i.started_at) AS started_on,
        i.severity,
        coalesce(i.cause, 'unknown') AS cause,
        l.deployment_id,
        coalesce(l.method, 'none') AS link_method,
        i.url
    FROM incidents i
    LEFT JOIN link_incidents l ON l.incident_id = i.incident_id
    LEFT JOIN service_map m
        ON m.source = i.source AND m.outside_id = i.service_id
        AND (m.from_at IS NULL OR i.started_at >= m.from_at)
        AND (m.to_at IS NULL OR i.started_at < m.to_at)
)
SELECT
    *,
    coalesce(
        deployment_id IS NOT NULL
        AND (cause = 'change' OR cause = 'unknown'),
        FALSE
    ) AS is_change_failure,
    coalesce(cause = 'unknown' AND link_method = 'window', FALSE) AS is_inferred,
    (epoch(resolved_at) - epoch(started_at)) / 3600.0 AS time_to_restore_hours,
    EXISTS (
        SELECT 1 FROM marts.service_coverage c
        WHERE c.service_id = linked.service_id AND c.resource = 'incidents'
            AND linked.started_at >= c.from_at AND linked.started_at < c.to_at
    ) AS is_covered
FROM linked
