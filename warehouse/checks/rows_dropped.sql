-- warn: a source's table lost more than half of its rows since the last snapshot
SELECT b.table_name, b.source, b.n_rows AS n_before, coalesce(n.n_rows, 0) AS n_now
FROM rows_before b
LEFT JOIN rows_now n ON n.table_name = b.table_name AND n.source = b.source
WHERE coalesce(n.n_rows, 0) * 2 < b.n_rows
