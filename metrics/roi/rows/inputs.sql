-- What people and finance supply. Grain: line_id, scope_id, from_on.
SELECT line_id, scope_id, from_on, to_on, quantity, value, owner
FROM inputs
ORDER BY line_id, scope_id NULLS FIRST, from_on NULLS FIRST
