-- The tickets behind the leakage, newest first. Grain: ticket_id.
WITH available AS (
    SELECT action, min(finished_at) AS since FROM fact_runs WHERE is_successful GROUP BY action
)
SELECT
    t.action, t.team_id, t.ticket_id, t.service_id, t.queue, t.created_at, t.resolved_at, t.touch_hours,
    t.touch_grade, t.is_mandated, t.url
FROM fact_tickets t
JOIN available a ON a.action = t.action AND t.created_at >= a.since
WHERE t.type = 'request' AND t.is_covered AND t.created_on >= $start AND t.created_on < $end
    AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
    AND in_actions(t.action, $actions)
ORDER BY t.created_at DESC, t.ticket_id
LIMIT $row_limit
