/* ---
name: how_to_ticket_rate
title: How-to tickets per engineer
unit: per engineer and quarter
better: lower
statistic: event_rate
grain: [scope_id, period_start]
by: [team, organisation]
needs: [tickets]
minimum_n: 5
owner: platform team
definition: >-
  How-to tickets per active engineer and quarter. An engineer is active with a change in the quarter; where no person
  of a team is known, its head count stands in. Bucket: day of creation.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - The denominator is engineer-quarters inside coverage, so that weeks, months and unfinished quarters are comparable.
  - n is the mean number of active engineers on a covered day; fewer than five are too few.
  - Tickets of teams whose engineers are not known are out and counted.
  - Tickets and runs carry no person, so that somebody who neither changed nor committed anything is not seen as active.
--- */
WITH covered_engineers AS (
    SELECT
        request_scope($by, d.team_id, NULL) AS scope_id,
        period_of(d.day, $period, $start) AS period_start,
        d.day,
        sum(e.engineers * d.tickets) AS engineers,
        sum(e.engineers * d.tickets / e.days_in_quarter) AS engineer_quarters
    FROM team_days d
    JOIN engineer_days e ON e.team_id = d.team_id AND e.day = d.day
    WHERE d.day >= $start AND d.day < $end AND d.tickets > 0
        AND ($teams IS NULL OR list_contains($teams, d.team_id))
    GROUP BY ALL
),
exposure AS (
    SELECT
        scope_id, period_start,
        -- The last digits of a sum of fractions depend on the order of its rows, which differs by run.
        round(sum(engineer_quarters), 9) AS engineer_quarters,
        CAST(round(sum(engineers) / count(*)) AS BIGINT) AS n
    FROM covered_engineers
    GROUP BY ALL
),
evidence AS (
    SELECT
        request_scope($by, t.team_id, NULL) AS scope_id,
        period_of(t.created_on, $period, $start) AS period_start,
        t.ticket_id, t.team_id, t.queue, t.created_at, t.resolved_at,
        CASE
            WHEN NOT t.is_covered THEN 'outside_coverage'
            WHEN e.team_id IS NULL THEN 'engineers_unknown'
            ELSE 'counted'
        END AS role,
        t.url
    FROM fact_tickets t
    LEFT JOIN engineer_days e ON e.team_id = t.team_id AND e.day = t.created_on
    WHERE t.created_on >= $start AND t.created_on < $end AND t.type = 'how_to'
        AND ($teams IS NULL OR list_contains($teams, t.team_id))
),
counts AS (
    SELECT
        scope_id, period_start,
        count_if(role = 'counted') AS numerator,
        count_if(role = 'engineers_unknown') AS excluded_engineers_unknown,
        count_if(role = 'outside_coverage') AS excluded_outside_coverage
    FROM evidence
    GROUP BY ALL
)
-- figures
SELECT
    scope_id,
    period_start,
    coalesce(c.numerator, 0) AS numerator,
    coalesce(x.n, 0) AS n,
    coalesce(x.engineer_quarters, 0.0) AS engineer_quarters,
    coalesce(c.excluded_engineers_unknown, 0) AS excluded_engineers_unknown,
    coalesce(c.excluded_outside_coverage, 0) AS excluded_outside_coverage
FROM counts c
FULL JOIN exposure x USING (scope_id, period_start)
