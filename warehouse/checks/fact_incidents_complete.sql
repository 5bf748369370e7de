-- fail: fact_incidents: not one row per incident, so a join lost or multiplied rows
-- needs: fact_incidents
SELECT l.n_rows AS n_loaded, f.n_rows AS n_facts, f.n_distinct AS n_distinct_facts
FROM (SELECT count(*) AS n_rows FROM incidents) l
CROSS JOIN (
    SELECT count(*) AS n_rows, count(DISTINCT incident_id) AS n_distinct FROM marts.fact_incidents
) f
WHERE l.n_rows <> f.n_rows OR f.n_rows <> f.n_distinct
