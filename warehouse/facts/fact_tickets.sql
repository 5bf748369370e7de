-- One row per ticket: whose it is, its waiting and touch time in working hours, and why it is out.
-- A status holds from its move to the next one; the time before the first move belongs to the status that it
-- left. Time after the resolution belongs to nothing.
WITH worked_tickets AS (
    SELECT
        t.*,
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
        m.ticket_id, m."at" AS moved_at, m.to_status,
        o.meaning AS from_meaning, n.meaning AS to_meaning,
        hours_until(m."at", w.hours_before, w.is_working) AS hours_at_move,
        t.hours_at_creation, t.hours_at_resolution
    FROM ticket_transitions m
    JOIN worked_tickets t ON t.ticket_id = m.ticket_id AND t.resolved_at IS NOT NULL
    LEFT JOIN working_time w ON w.slot = slot_of(m."at")
    LEFT JOIN marts.ticket_statuses o ON o.status = m.from_status
    LEFT JOIN marts.ticket_statuses n ON n.status = m.to_status
),
ordered_moves AS (
    SELECT
        *,
        lead(hours_at_move) OVER (PARTITION BY ticket_id ORDER BY moved_at, to_status) AS hours_at_next,
        row_number() OVER (PARTITION BY ticket_id ORDER BY moved_at, to_status) = 1 AS is_first
    FROM moves
),
-- Each move begins a stay; the first one also ends the stay since the creation.
stays AS (
    SELECT
        ticket_id, to_meaning, from_meaning, is_first, hours_at_move,
        greatest(least(coalesce(hours_at_next, hours_at_resolution), hours_at_resolution) - hours_at_move, 0.0)
            AS hours,
        CASE WHEN is_first
            THEN greatest(least(hours_at_move, hours_at_resolution) - hours_at_creation, 0.0) ELSE 0.0 END
            AS hours_before
    FROM ordered_moves
),
spent AS (
    SELECT
        ticket_id,
        CASE WHEN count_if(to_meaning = 'working' OR (is_first AND from_meaning = 'working')) > 0 THEN
            coalesce(sum(least(hours, $touch_cap_hours)) FILTER (WHERE to_meaning = 'working'), 0.0)
            + coalesce(sum(least(hours_before, $touch_cap_hours)) FILTER (WHERE from_meaning = 'working'), 0.0)
        END AS working_hours,
        coalesce(sum(hours) FILTER (WHERE to_meaning = 'waiting'), 0.0)
        + coalesce(sum(hours_before) FILTER (WHERE from_meaning = 'waiting'), 0.0) AS waiting_hours,
        bool_or(
            (to_meaning IS NULL AND hours > 0)
            OR (from_meaning IS NULL AND hours_before > 0)
            OR hours_at_move IS NULL -- a time so far off that it is a mistake
        ) AS has_unknown_status
    FROM stays
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
        local_date(t.created_at) AS created_on,
        t.created_at, t.first_response_at, t.resolved_at,
        t.hours_at_creation, t.hours_at_response, t.hours_at_resolution
    FROM worked_tickets t
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
    l.* EXCLUDE (stated_hours, hours_at_creation, hours_at_response, hours_at_resolution),
    (epoch(l.resolved_at) - epoch(l.created_at)) / 3600.0 AS elapsed_hours,
    l.hours_at_resolution - l.hours_at_creation AS lead_hours,
    -- Without a history the wait ends with the first response; with an unknown status it is unknown.
    CASE
        WHEN l.resolved_at IS NULL OR s.has_unknown_status THEN NULL
        WHEN s.ticket_id IS NOT NULL THEN s.waiting_hours
        ELSE l.hours_at_response - l.hours_at_creation
    END AS waiting_hours,
    CASE
        WHEN l.resolved_at IS NULL THEN NULL
        WHEN g.hours IS NOT NULL THEN g.hours
        WHEN l.stated_hours >= 0 THEN l.stated_hours
        WHEN NOT s.has_unknown_status THEN s.working_hours
    END AS touch_hours,
    CASE
        WHEN l.resolved_at IS NULL THEN NULL
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
LEFT JOIN spent s ON s.ticket_id = l.ticket_id
LEFT JOIN logged g ON g.ticket_id = l.ticket_id
LEFT JOIN marts.team_mandates d ON d.team_id = l.team_id AND d.action = l.action
-- Covered intervals of a team never overlap, so neither join can multiply rows.
LEFT JOIN marts.team_coverage c
    ON c.team_id = l.team_id AND c.resource = 'tickets'
    AND l.created_at >= c.from_at AND l.created_at < c.to_at
LEFT JOIN marts.team_coverage r
    ON r.team_id = l.team_id AND r.resource = 'action_runs'
    AND l.created_at >= r.from_at AND l.created_at < r.to_at
