-- Known work on resolved how-to tickets. Grain: ticket.
SELECT touch_hours, touch_grade
FROM fact_tickets
WHERE type = 'how_to' AND is_covered AND touch_hours IS NOT NULL AND created_on >= $start AND created_on < $end
ORDER BY touch_hours
