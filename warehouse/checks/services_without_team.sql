-- warn: services: belong to no team, or to one that is not known; they count as unassigned
SELECT s.service_id, s.team_id
FROM services s
ANTI JOIN teams t ON t.team_id = s.team_id
ANTI JOIN ownership o ON o.service_id = s.service_id
