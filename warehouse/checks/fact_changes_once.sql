-- fail: fact_changes: a change of a service comes more than once
-- needs: fact_changes
SELECT count(*) AS n_facts, count(DISTINCT hash(change_id, outside_service_id)) AS n_distinct_facts
FROM marts.fact_changes
HAVING count(*) <> count(DISTINCT hash(change_id, outside_service_id))
