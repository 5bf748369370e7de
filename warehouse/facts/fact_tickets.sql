-- One row per ticket: whose it is, its waiting and touch time in working hours, and why it is out.
-- A status holds from its move to the next one; the time before the first move belongs to the status that it
-- left. Time after the resolution belongs to nothing.
WITH worked_tickets AS (
    SELECT
        t.ticket_id, t.created_at, t.first_response_at, t.resolved_at,
        hours_until(t.created_at, c.hours_before, c.is_working) AS hours_at_creation,
        hours_until(t.first_response_at, f.hours_before, f.is_working) AS hours_at_response,
        hours_until(t.resolved_at, r.hours_before, r.is_working) AS hours_at_resolution
    FROM tickets t
    LEFT JOIN working_time c ON c.slot = slot_of(t.created_at)
    LEFT JOIN working_time f ON f.slot = slot_of(t.first_response_at)
    LEFT JOIN working_time r ON r.slot = slot_of(t.resolved_at)
),
moves AS (
    SELECT
        m.ticket_id, m.from_status, m.to_status,
        hours_until(m."at", w.hours_before, w.is_working) AS hours_at_move,
        lead(hours_at_move) OVER (PARTITION BY m.ticket_id ORDER BY m."at", m.to_status) AS hours_at_next,
        row_number() OVER (PARTITION BY m.ticket_id ORDER BY m."at", m.to_status) = 1 AS is_first
    FROM ticket_transitions m
    LEFT JOIN working_time w ON w.slot = slot_of(m."at")
),
stays AS (
    SELECT
        m.ticket_id, m.to_status AS status, m.hours_at_move AS hours_from,
        coalesce(m.hours_at_next, t.hours_at_resolution) AS hours_to, t.hours_at_resolution
    FROM moves m
    JOIN worked_tickets t ON t.ticket_id = m.ticket_id AND t.resolved_at IS NOT NULL
    UNION ALL
    SELECT m.ticket_id, m.from_status, t.hours_at_creation, m.hours_at_move, t.hours_at_resolution
    FROM moves m
    JOIN worked_tickets t ON t.ticket_id = m.ticket_id AND t.resolved_at IS NOT NULL
    WHERE m.is_first
),
measured_stays AS (
    SELECT
        s.ticket_id, m.meaning,
        greatest(least(s.hours_to, s.hours_at_resolution) - s.hours_from, 0.0) AS hours
    FROM stays s
    LEFT JOIN marts.ticket_statuses m ON m.status = s.status
),
spent AS (
    SELECT
        ticket_id,
        sum(least(hours, $touch_cap_hours)) FILTER (WHERE meaning = 'working') AS working_hours,
        coalesce(sum(hours) FILTER (WHERE meaning = 'waiting'), 0.0) AS waiting_hours,
        coalesce(bool_or(meaning IS NULL AND hours > 0), FALSE) AS has_unknown_status
    FROM measured_stays
    GROUP BY ticket_id
),
logged AS (
    SELECT ticket_id, sum(hours) AS hours FROM worklogs WHERE hours > 0 GROUP BY ticket_id
),
located AS (
    SELECT
        t.ticket_id, t.type, t.action, t.queue, t.status, t.url, t.touch_hours AS stated_hours,
        coalesce(m.service_id, t.service_id, q.service_id) AS service_id,
        coalesce(n.team_id, t.team_id, m.team_id, q.team_id, 'unassigned') AS team_id,
        m.tier,
        local_date(t.created_at) AS created_on
    FROM tickets t
    LEFT JOIN service_map m
        ON m.source = t.source AND m.outside_id = t.service_id
        AND (m.from_at IS NULL OR t.created_at >= m.from_at)
        AND (m.to_at IS NULL OR t.created_at < m.to_at)
    LEFT JOIN team_map n
        ON n.source = t.source AND n.kind = 'team' AND n.outside_id = t.team_id
        AND (n.from_at IS NULL OR t.created_at >= n.from_at)
        AND (n.to_at IS NULL OR t.created_at < n.to_at)
    LEFT JOIN team_map q
        ON q.source = t.source AND q.kind = 'queue' AND q.outside_id = t.queue
        AND (q.from_at IS NULL OR t.created_at >= q.from_at)
        AND (q.to_at IS NULL OR t.created_at < q.to_at)
)
SELECT
    l.* EXCLUDE (stated_hours),
    w.created_at, w.first_response_at, w.resolved_at,
    (epoch(w.resolved_at) - epoch(w.created_at)) / 3600.0 AS elapsed_hours,
    w.hours_at_resolution - w.hours_at_creation AS lead_hours,
    -- Without a history the wait ends with the first response; with an unknown status it is unknown.
    CASE
        WHEN w.resolved_at IS NULL OR s.has_unknown_status THEN NULL
        WHEN s.ticket_id IS NOT NULL THEN s.waiting_hours
        ELSE w.hours_at_response - w.hours_at_creation
    END AS waiting_hours,
    CASE
        WHEN w.resolved_at IS NULL THEN NULL
        WHEN g.hours IS NOT NULL THEN g.hours
        WHEN l.stated_hours >= 0 THEN l.stated_hours
        WHEN NOT s.has_unknown_status THEN s.working_hours
    END AS touch_hours,
    CASE
        WHEN w.resolved_at IS NULL THEN NULL
        WHEN g.hours IS NOT NULL THEN 'logged'
        WHEN l.stated_hours >= 0 THEN 'stated'
        WHEN NOT s.has_unknown_status AND s.working_hours IS NOT NULL THEN 'statuses'
    END AS touch_basis,
    CASE touch_basis
        WHEN 'logged' THEN 'measured'
        WHEN 'stated' THEN $stated_touch_grade
        WHEN 'statuses' THEN 'estimated'
    END AS touch_grade,
    coalesce(l.created_on >= d.from_on, FALSE) AS is_mandated,
    c.team_id IS NOT NULL AS is_covered,
    r.team_id IS NOT NULL AS has_run_coverage
FROM located l
JOIN worked_tickets w ON w.ticket_id = l.ticket_id
LEFT JOIN spent s ON s.ticket_id = l.ticket_id
LEFT JOIN logged g ON g.ticket_id = l.ticket_id
LEFT JOIN marts.team_mandates d ON d.team_id = l.team_id AND d.action = l.action
-- Covered intervals of a team never overlap, so neither join can multiply rows.
LEFT JOIN marts.team_coverage c
    ON c.team_id = l.team_id AND c.resource = 'tickets'
    AND w.created_at >= c.from_at AND w.created_at < c.to_at
LEFT JOIN marts.team_coverage r
    ON r.team_id = l.team_id AND r.resource = 'action_runs'
    AND w.created_at >= r.from_at AND w.created_at < r.to_at
