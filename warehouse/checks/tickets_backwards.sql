-- warn: tickets: resolved or answered before they were created, or with negative touch hours
SELECT ticket_id, created_at, first_response_at, resolved_at, touch_hours
FROM tickets
WHERE resolved_at < created_at OR first_response_at < created_at OR touch_hours < 0
