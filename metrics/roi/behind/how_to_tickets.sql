-- How-to tickets inside coverage, as in `rows/tickets.sql`. Grain: ticket.
SELECT ticket_id, team_id, queue, created_at, resolved_at, touch_hours, touch_grade, url
FROM fact_tickets
WHERE is_covered AND type = 'how_to' AND created_on >= $start AND created_on < $end
ORDER BY created_at, ticket_id
