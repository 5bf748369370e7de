-- fail: coverage: an interval is empty or overlaps another one, so a day would be covered twice
SELECT source, resource, scope_id, from_at, to_at
FROM coverage
QUALIFY
    scope_id IS NULL
    OR from_at >= to_at
    OR from_at <= max(to_at) OVER (
        PARTITION BY source, resource, scope_id ORDER BY from_at, to_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
