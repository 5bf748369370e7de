-- warn: incidents: resolved or detected before they started
SELECT incident_id, started_at, detected_at, resolved_at
FROM incidents
WHERE resolved_at < started_at OR detected_at < started_at
