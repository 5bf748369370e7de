-- The requests by ticket of a window, with their hours and whether their team had its first successful run of
-- the action later or never. Grain: ticket_id.
WITH first_runs AS (
    SELECT team_id, action, min(requested_at) AS first_at
    FROM fact_runs
    WHERE is_successful
    GROUP BY team_id, action
)
SELECT
    t.action, t.touch_hours, t.touch_grade, t.lead_hours AS wait_hours,
    f.first_at IS NULL OR t.created_at < f.first_at AS is_before
FROM fact_tickets t
LEFT JOIN first_runs f ON f.team_id = t.team_id AND f.action = t.action
WHERE t.type = 'request' AND t.action IS NOT NULL AND t.is_covered AND t.resolved_at IS NOT NULL
    AND t.created_on >= $start AND t.created_on < $end
    AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
    AND in_actions(t.action, $actions)
ORDER BY t.action, t.ticket_id
