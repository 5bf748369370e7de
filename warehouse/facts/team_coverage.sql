-- When the tickets and runs of each team are known in full: intervals that overlap or touch are one.
-- Grain: team_id, resource, from_at. A scope is a team, or a service and so its owner at the time, each in the
-- words of its source. Anything else ('*', a queue, a project of a ticket system) is open to every team.
WITH known_teams AS (
    SELECT team_id FROM teams
    UNION
    SELECT team_id FROM service_map WHERE team_id IS NOT NULL
    UNION
    -- Teams that nobody lists, where no rule says which of ours they are.
    SELECT r.team_id
    FROM (SELECT source, team_id FROM tickets UNION SELECT source, team_id FROM action_runs) r
    ANTI JOIN team_map m ON m.source = r.source AND m.kind = 'team' AND m.outside_id = r.team_id
    WHERE r.team_id IS NOT NULL
    UNION
    SELECT 'unassigned'
),
named AS (
    SELECT source, outside_id, team_id, from_at, to_at FROM service_map
    UNION
    SELECT source, outside_id, team_id, from_at, to_at FROM team_map WHERE kind = 'team'
),
spans AS (
    SELECT * FROM coverage WHERE resource IN ('tickets', 'action_runs')
),
resources AS (
    SELECT k.team_id, c.resource, c.from_at, c.to_at
    FROM spans c
    JOIN known_teams k ON k.team_id = c.scope_id
    UNION ALL
    SELECT
        m.team_id, c.resource,
        greatest(c.from_at, coalesce(m.from_at, c.from_at)) AS from_at,
        least(c.to_at, coalesce(m.to_at, c.to_at)) AS to_at
    FROM spans c
    ANTI JOIN known_teams k ON k.team_id = c.scope_id
    JOIN named m ON m.source = c.source AND m.outside_id = c.scope_id AND m.team_id IS NOT NULL
    UNION ALL
    SELECT k.team_id, c.resource, c.from_at, c.to_at
    FROM spans c
    CROSS JOIN known_teams k
    ANTI JOIN named m ON m.source = c.source AND m.outside_id = c.scope_id
    WHERE c.scope_id NOT IN (SELECT team_id FROM known_teams)
),
marked AS (
    SELECT
        *,
        max(to_at) OVER (
            PARTITION BY team_id, resource ORDER BY from_at, to_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS known_until
    -- Equal intervals must be one here: the two windows may each put equals in another order.
    FROM (SELECT DISTINCT * FROM resources WHERE from_at < to_at) intervals
),
numbered AS (
    SELECT
        *,
        count_if(known_until IS NULL OR from_at > known_until) OVER (
            PARTITION BY team_id, resource ORDER BY from_at, to_at
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS island
    FROM marked
)
SELECT team_id, resource, min(from_at) AS from_at, max(to_at) AS to_at
FROM numbered
GROUP BY team_id, resource, island
