-- warn: service_map: an outside name has no service, so its rows belong to nobody
SELECT source, outside_id
FROM service_map
WHERE service_id IS NULL
