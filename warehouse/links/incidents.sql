-- One row per incident that is tied to a deployment, with the method. $window_microseconds: attribution window.
-- In this order: the deployment that its source names by identifier; the latest production deployment of
-- the sha that it names; the one that was running in its service, if that finished inside the window.
INSERT INTO link_incidents (incident_id, deployment_id, method)
WITH production_deployments AS (
    SELECT * FROM ordered_deployments WHERE is_production
),
located_incidents AS (
    SELECT
        i.incident_id,
        i.started_at,
        i.deployment_id AS stated,
        coalesce(m.service_id, i.service_id) AS service_id
    FROM incidents i
    LEFT JOIN service_map m
        ON m.source = i.source AND m.outside_id = i.service_id
        AND (m.from_at IS NULL OR i.started_at >= m.from_at)
        AND (m.to_at IS NULL OR i.started_at < m.to_at)
),
by_sha AS (
    SELECT i.incident_id, max_by(d.deployment_id, d.place) AS deployment_id
    FROM located_incidents i
    JOIN production_deployments d
        ON d.sha = i.stated AND d.service_id = i.service_id AND d.finished_at <= i.started_at
    WHERE d.is_success OR d.is_failure_that_reached
    GROUP BY i.incident_id
),
running_from AS (
    SELECT service_id, finished_at, max_by(deployment_id, place) AS deployment_id
    FROM production_deployments
    WHERE is_success
    GROUP BY service_id, finished_at
),
by_window AS (
    SELECT i.incident_id, r.deployment_id
    FROM located_incidents i
    ASOF JOIN running_from r ON r.service_id = i.service_id AND i.started_at >= r.finished_at
    WHERE i.started_at <= r.finished_at + to_microseconds($window_microseconds)
),
linked AS (
    SELECT
        i.incident_id,
        coalesce(d.deployment_id, s.deployment_id) AS stated_id,
        w.deployment_id AS running_id
    FROM located_incidents i
    LEFT JOIN production_deployments d ON d.deployment_id = i.stated
    LEFT JOIN by_sha s ON s.incident_id = i.incident_id
    LEFT JOIN by_window w ON w.incident_id = i.incident_id
)
SELECT
    incident_id,
    coalesce(stated_id, running_id),
    CASE WHEN stated_id IS NULL THEN 'window' ELSE 'explicit' END
FROM linked
WHERE coalesce(stated_id, running_id) IS NOT NULL
