/* ---
name: request_latency
title: Request latency
unit: hours
better: lower
statistic: quantile
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [tickets, action_runs]
minimum_n: 5
minimum_n_p90: 20
owner: platform team
parameters:
  way: {default: ticket, choices: [ticket, self_service]}
  clock: {default: elapsed, choices: [elapsed, working]}
definition: >-
  Time from a request to its fulfilment, by ticket (creation to resolution) or by self-service (request to the end of a
  successful run, approval included). The median, with the 90th percentile; the other way stands beside it.
  Bucket: day of the request.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Only tickets of type request that name an action count. Open ones are counted in n_open.
  - The clock is elapsed time; clock=working takes the configured working hours.
--- */
WITH tickets AS (
    SELECT
        'ticket' AS way, t.ticket_id AS request_id, t.action, t.team_id, t.service_id, t.created_on AS requested_on,
        t.created_at AS requested_at, t.resolved_at AS fulfilled_at,
        CASE WHEN $clock = 'working' THEN t.lead_hours ELSE t.elapsed_hours END AS hours, t.is_covered, t.url
    FROM fact_tickets t
    WHERE t.created_on >= $start AND t.created_on < $end AND t.type = 'request' AND t.action IS NOT NULL
        AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
        AND in_actions(t.action, $actions)
),
runs AS (
    SELECT
        'self_service', r.run_id, r.action, r.team_id, r.service_id, r.requested_on,
        r.requested_at, r.finished_at,
        CASE WHEN $clock = 'working' THEN r.lead_hours ELSE r.elapsed_hours END, TRUE, r.url
    FROM fact_runs r
    WHERE r.requested_on >= $start AND r.requested_on < $end AND r.is_successful
        AND in_scope(r.service_id, r.team_id, r.tier, $services, $teams, $tiers)
        AND in_actions(r.action, $actions)
),
requests AS (
    SELECT * FROM tickets UNION ALL SELECT * FROM runs
),
evidence AS (
    SELECT
        request_scope($by, team_id, action) AS scope_id,
        period_of(requested_on, $period, $start) AS period_start,
        way, request_id, action, team_id, service_id, requested_at, fulfilled_at, hours,
        CASE
            WHEN NOT is_covered THEN 'outside_coverage'
            WHEN fulfilled_at IS NULL THEN 'open'
            WHEN hours IS NULL OR fulfilled_at < requested_at THEN 'negative'
            WHEN way = $way THEN 'counted'
            ELSE 'beside'
        END AS role,
        url
    FROM requests
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN role = 'counted' THEN hours END) AS sorted_hours,
    sorted_values(CASE WHEN role = 'beside' THEN hours END) AS other_way_hours,
    count_if(role = 'open' AND way = $way) AS n_unfulfilled,
    count_if(role = 'negative') AS excluded_negative,
    count_if(role = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
