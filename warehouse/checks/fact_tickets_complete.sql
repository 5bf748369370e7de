-- fail: fact_tickets: not one row per ticket, so a join lost or multiplied rows
-- needs: fact_tickets
SELECT l.n_rows AS n_loaded, f.n_rows AS n_facts, f.n_distinct AS n_distinct_facts
FROM (SELECT count(*) AS n_rows FROM tickets) l
CROSS JOIN (
    SELECT count(*) AS n_rows, count(DISTINCT hash(ticket_id)) AS n_distinct FROM marts.fact_tickets
) f
WHERE l.n_rows <> f.n_rows OR f.n_rows <> f.n_distinct
