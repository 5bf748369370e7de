-- Incidents that a deployment caused, as in `rows/incidents.sql`. Grain: incident.
SELECT
    incident_id, service_id, team_id, severity, cause, started_at, resolved_at, time_to_restore_hours,
    deployment_id, link_method, url
FROM fact_incidents
WHERE is_change_failure AND is_covered AND started_on >= $start AND started_on < $end
ORDER BY started_at, incident_id
