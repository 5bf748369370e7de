-- fail: goal_entries: a decision is stored more than once
SELECT edit_id, count(*) AS n_rows
FROM goal_entries
GROUP BY edit_id
HAVING count(*) > 1
