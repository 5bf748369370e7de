-- When each service began to exist. Grain: service_id.
SELECT service_id, CAST(created_at AS DATE) AS created_on FROM services
