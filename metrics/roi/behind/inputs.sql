-- Figures that people supplied, of these lines, that touch the window. Grain: line_id, scope_id, from_on.
SELECT line_id, scope_id, from_on, to_on, quantity, unit, value, owner, loaded_from
FROM inputs
WHERE list_contains($lines, split_part(line_id, ':', 1))
    AND coalesce(from_on, $start) < $end AND coalesce(to_on, $end) > $start
ORDER BY line_id, scope_id NULLS FIRST, from_on NULLS FIRST
