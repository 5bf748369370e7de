-- fail: fact_runs: not one row per run, so a join lost or multiplied rows
-- needs: fact_runs
SELECT l.n_rows AS n_loaded, f.n_rows AS n_facts, f.n_distinct AS n_distinct_facts
FROM (SELECT count(*) AS n_rows FROM action_runs) l
CROSS JOIN (
    SELECT count(*) AS n_rows, count(DISTINCT run_id) AS n_distinct FROM marts.fact_runs
) f
WHERE l.n_rows <> f.n_rows OR f.n_rows <> f.n_distinct
