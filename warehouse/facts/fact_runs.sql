-- One row per run of a self-service action: whose it is, how long it took, and why it is out.
-- Runs of one target with one outcome that follow each other within half an hour are one: the first counts.
WITH located AS (
    SELECT
        r.run_id, r.action, r.status, r.target, r.url, coalesce(r.dry_run, FALSE) AS is_dry_run,
        coalesce(m.service_id, r.service_id) AS service_id,
        coalesce(n.team_id, r.team_id, m.team_id, 'unassigned') AS team_id,
        m.tier,
        r.requested_at, r.approved_at, r.finished_at,
        local_date(r.requested_at) AS requested_on,
        hours_until(r.finished_at, b.hours_before, b.is_working)
            - hours_until(r.requested_at, a.hours_before, a.is_working) AS lead_hours
    FROM action_runs r
    LEFT JOIN working_time a ON a.slot = slot_of(r.requested_at)
    LEFT JOIN working_time b ON b.slot = slot_of(r.finished_at)
    LEFT JOIN service_map m
        ON m.source = r.source AND m.outside_id = r.service_id
        AND (m.from_at IS NULL OR r.requested_at >= m.from_at)
        AND (m.to_at IS NULL OR r.requested_at < m.to_at)
    LEFT JOIN team_map n
        ON n.source = r.source AND n.kind = 'team' AND n.outside_id = r.team_id
        AND (n.from_at IS NULL OR r.requested_at >= n.from_at)
        AND (n.to_at IS NULL OR r.requested_at < n.to_at)
),
repeats AS (
    SELECT run_id
    FROM located
    WHERE NOT is_dry_run AND target IS NOT NULL AND status IN ('success', 'failure')
    QUALIFY requested_at <= INTERVAL 30 MINUTE + lag(requested_at) OVER (
        PARTITION BY action, target, team_id, status ORDER BY requested_at, run_id
    )
)
SELECT
    l.*,
    (epoch(l.finished_at) - epoch(l.requested_at)) / 3600.0 AS elapsed_hours,
    (epoch(l.approved_at) - epoch(l.requested_at)) / 3600.0 AS approval_hours,
    (epoch(l.finished_at) - epoch(coalesce(l.approved_at, l.requested_at))) / 3600.0 AS duration_hours,
    CASE
        WHEN l.is_dry_run THEN 'dry_run'
        WHEN l.status = 'cancelled' THEN 'cancelled'
        WHEN l.status = 'awaiting_approval' THEN 'awaiting_approval'
        WHEN l.status = 'in_progress' THEN 'in_progress'
        WHEN p.run_id IS NOT NULL THEN 'repeated'
        WHEN c.team_id IS NULL THEN 'outside_coverage'
    END AS exclusion,
    exclusion IS NULL AND l.status = 'success' AS is_successful,
    exclusion IS NULL AND l.status = 'failure' AS is_failed,
    coalesce(l.requested_on >= d.from_on, FALSE) AS is_mandated,
    t.team_id IS NOT NULL AS has_ticket_coverage
FROM located l
LEFT JOIN repeats p ON p.run_id = l.run_id
LEFT JOIN marts.team_mandates d ON d.team_id = l.team_id AND d.action = l.action
-- Covered intervals of a team never overlap, so neither join can multiply rows.
LEFT JOIN marts.team_coverage c
    ON c.team_id = l.team_id AND c.resource = 'action_runs'
    AND l.requested_at >= c.from_at AND l.requested_at < c.to_at
LEFT JOIN marts.team_coverage t
    ON t.team_id = l.team_id AND t.resource = 'tickets'
    AND l.requested_at >= t.from_at AND l.requested_at < t.to_at
