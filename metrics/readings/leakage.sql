-- Requests by ticket that could have been a run: somebody had run the action with success before.
-- Grain: action, team_id.
WITH available AS (
    SELECT action, min(finished_at) AS since FROM fact_runs WHERE is_successful GROUP BY action
),
leaked AS (
    SELECT
        t.action, t.team_id,
        count(*) AS n_tickets,
        count_if(t.is_mandated) AS n_mandated,
        count(t.touch_hours) AS n_touch_known,
        sum(t.touch_hours) AS touch_hours,
        max(t.created_at) AS last_at
    FROM fact_tickets t
    JOIN available a ON a.action = t.action AND t.created_at >= a.since
    WHERE t.type = 'request' AND t.is_covered AND t.created_on >= $start AND t.created_on < $end
        AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
        AND in_actions(t.action, $actions)
    GROUP BY t.action, t.team_id
),
runs AS (
    SELECT action, team_id, count(*) AS n_runs
    FROM fact_runs
    WHERE is_successful AND requested_on >= $start AND requested_on < $end
    GROUP BY action, team_id
)
SELECT
    l.action, l.team_id, l.n_tickets, coalesce(r.n_runs, 0) AS n_runs, l.n_mandated, l.n_touch_known,
    l.touch_hours, l.last_at
FROM leaked l
LEFT JOIN runs r ON r.action = l.action AND r.team_id = l.team_id
ORDER BY l.action, l.n_tickets DESC, l.team_id
