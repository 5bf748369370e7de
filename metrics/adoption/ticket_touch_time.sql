/* ---
name: ticket_touch_time
title: Touch time of tickets
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [tickets]
minimum_n: 5
minimum_n_p90: 20
owner: platform team
parameters:
  type: {default: request, choices: [request, how_to, incident, other]}
definition: >-
  Hours of work on a ticket of one type: logged work where there is any, else as its source states, else its time in
  working statuses, in working hours and with a cap for each stay.
  The median, with the 90th percentile. Bucket: day of creation.
source: https://en.wikipedia.org/wiki/Value-stream_mapping
version: 1
caveats:
  - n_measured tickets have logged or stated work, n_estimated only the time in working statuses.
  - The work of those who fulfil the ticket; the requester's own work is in no ticket.
  - Tickets that are still open are out and counted in n_unresolved.
--- */
WITH evidence AS (
    SELECT
        request_scope($by, t.team_id, t.action) AS scope_id,
        period_of(t.created_on, $period, $start) AS period_start,
        t.ticket_id, t.type, t.action, t.team_id, t.service_id, t.queue, t.created_at, t.resolved_at,
        t.touch_hours AS hours, t.touch_basis, t.touch_grade,
        CASE
            WHEN NOT t.is_covered THEN 'outside_coverage'
            WHEN t.resolved_at IS NULL THEN 'open'
            WHEN t.touch_hours IS NULL THEN 'unknown'
            WHEN t.touch_hours < 0 THEN 'negative'
            ELSE 'counted'
        END AS role,
        t.url
    FROM fact_tickets t
    WHERE t.created_on >= $start AND t.created_on < $end AND t.type = $type
        AND ($by NOT IN ('action', 'team and action') OR t.action IS NOT NULL)
        AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
        AND in_actions(t.action, $actions)
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN role = 'counted' THEN hours END) AS sorted_hours,
    count_if(role = 'counted' AND touch_grade = 'measured') AS n_measured,
    count_if(role = 'counted' AND touch_grade = 'estimated') AS n_estimated,
    count_if(role = 'open') AS n_unresolved,
    count_if(role = 'unknown') AS excluded_unknown,
    count_if(role = 'negative') AS excluded_negative,
    count_if(role = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
