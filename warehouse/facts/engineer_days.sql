-- How many engineers of each team were active, by local day. Grain: team_id, day.
-- Active: a pseudonym, no bot, with a change in the quarter of the day, counted for the team that it belongs to
-- on the day, or for the owner of what it changed where nobody says where it belongs. A quarter of which only
-- a part is known borrows from its neighbour, so that every count looks at 91 days.
-- Where no person of a team is known at all, its stated head count stands in.
WITH quarters AS (
    SELECT
        marts.period_of(day, 'quarter', day) AS quarter_start,
        least(min(starts_at), max(ends_at) - INTERVAL 91 DAY) AS active_from,
        greatest(max(ends_at), min(starts_at) + INTERVAL 91 DAY) AS active_to
    FROM marts.calendar
    GROUP BY ALL
),
authored AS (
    SELECT source, author, service_id AS outside_id, coalesce(merged_at, opened_at, first_commit_at) AS worked_at
    FROM changes
    WHERE author <> 'erased' AND NOT coalesce(is_bot, FALSE)
    UNION ALL
    -- Where a repository has no pull requests each of its commits is a change.
    SELECT '*', c.author, c.repo_id, c.committed_at
    FROM commits c
    ANTI JOIN changes p ON p.repo_id = c.repo_id
    WHERE c.author <> 'erased'
),
active AS (
    SELECT DISTINCT a.source, coalesce(p.person, a.author) AS author, a.outside_id, q.quarter_start, date_trunc('month', a.worked_at) AS month
    FROM authored a
    LEFT JOIN person_aliases p ON p.alias = a.author
    JOIN quarters q ON a.worked_at >= q.active_from AND a.worked_at < q.active_to
),
active_people AS (
    SELECT DISTINCT author, quarter_start FROM active
),
placed AS (
    -- The team is named in the words of its source, which may change their meaning on a day.
    SELECT
        coalesce(a.person, p.person) AS person, coalesce(m.team_id, p.team_id) AS team_id,
        greatest(p.from_on, local_date(m.from_at), DATE '0001-01-01') AS from_on,
        least(p.to_on, local_date(m.to_at), DATE '9999-12-31') AS to_on
    FROM team_members p
    LEFT JOIN person_aliases a ON a.alias = p.person
    LEFT JOIN team_map m ON m.source = p.source AND m.kind = 'team' AND m.outside_id = p.team_id
    WHERE p.person <> 'erased'
),
members AS (
    SELECT p.team_id, k.day, count(DISTINCT p.person) AS engineers
    FROM placed p
    JOIN active_people a ON a.author = p.person
    JOIN marts.calendar k
        ON k.day >= p.from_on AND k.day < p.to_on
        AND marts.period_of(k.day, 'quarter', k.day) = a.quarter_start
    GROUP BY ALL
),
owners AS (
    SELECT m.team_id, a.quarter_start, count(DISTINCT a.author) AS engineers
    FROM active a
    ANTI JOIN placed p ON p.person = a.author
    JOIN (
        SELECT source, outside_id, team_id, from_at, to_at FROM service_map WHERE team_id IS NOT NULL
        UNION
        SELECT '*', s.repo_id, m.team_id, m.from_at, m.to_at
        FROM services s
        JOIN service_map m ON m.source = '*' AND m.outside_id = s.service_id AND m.team_id IS NOT NULL
        WHERE s.repo_id IS NOT NULL
    ) m
        ON m.source = a.source AND m.outside_id = a.outside_id
        AND (m.from_at IS NULL OR a.month >= date_trunc('month', m.from_at))
        AND (m.to_at IS NULL OR a.month < m.to_at)
    GROUP BY ALL
),
with_people AS (
    SELECT team_id FROM placed
    UNION
    SELECT team_id FROM owners
)
SELECT
    t.team_id, k.day,
    CASE
        WHEN p.team_id IS NULL THEN t.engineers
        ELSE coalesce(m.engineers, 0) + coalesce(o.engineers, 0)
    END AS engineers,
    CASE WHEN p.team_id IS NULL THEN 'stated' ELSE 'active' END AS basis,
    CAST(marts.period_of(k.day, 'quarter', k.day) + to_months(3) AS DATE)
        - marts.period_of(k.day, 'quarter', k.day) AS days_in_quarter
FROM teams t
CROSS JOIN marts.calendar k
LEFT JOIN with_people p ON p.team_id = t.team_id
LEFT JOIN members m ON m.team_id = t.team_id AND m.day = k.day
LEFT JOIN owners o ON o.team_id = t.team_id AND o.quarter_start = marts.period_of(k.day, 'quarter', k.day)
WHERE p.team_id IS NOT NULL OR t.engineers IS NOT NULL
