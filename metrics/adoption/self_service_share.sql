/* ---
name: self_service_share
title: Self-service share
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [tickets, action_runs]
minimum_n: 10
owner: platform team
parameters:
  adoption: {default: all, choices: [all, voluntary, mandated]}
definition: >-
  Successful self-service runs divided by those runs plus the manual tickets for the same action.
  Bucket: day of the request.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Runs of one target with the same outcome within 30 minutes count once; dry runs never.
  - Runs of a time whose tickets nobody collected are out, and the other way round; a share needs both.
  - Only tickets of type request that name an action count; how-to questions and incidents do not.
  - Where a mandate is in force the share is compliance, not adoption; adoption=voluntary leaves those requests out.
also_called: [self-service rate, ticket deflection]
--- */
WITH runs AS (
    SELECT
        request_scope($by, r.team_id, r.action) AS scope_id,
        period_of(r.requested_on, $period, $start) AS period_start,
        CAST(NULL AS VARCHAR) AS ticket_id, r.run_id, r.action, r.team_id, r.service_id,
        r.requested_at, r.is_mandated,
        CASE WHEN r.has_ticket_coverage THEN 'self_service' ELSE 'tickets_not_collected' END AS role, r.url
    FROM fact_runs r
    WHERE r.requested_on >= $start AND r.requested_on < $end AND r.is_successful
        AND in_scope(r.service_id, r.team_id, r.tier, $services, $teams, $tiers)
        AND in_actions(r.action, $actions)
),
manual AS (
    SELECT
        request_scope($by, t.team_id, t.action) AS scope_id,
        period_of(t.created_on, $period, $start) AS period_start,
        t.ticket_id, CAST(NULL AS VARCHAR) AS run_id, t.action, t.team_id, t.service_id,
        t.created_at AS requested_at, t.is_mandated,
        CASE WHEN t.has_run_coverage THEN 'manual' ELSE 'runs_not_collected' END AS role, t.url
    FROM fact_tickets t
    WHERE t.created_on >= $start AND t.created_on < $end AND t.type = 'request' AND t.is_covered
        AND t.action IS NOT NULL
        AND in_scope(t.service_id, t.team_id, t.tier, $services, $teams, $tiers)
        AND in_actions(t.action, $actions)
),
evidence AS (
    SELECT *
    FROM (SELECT * FROM runs UNION ALL SELECT * FROM manual) requests
    WHERE $adoption = 'all' OR is_mandated = ($adoption = 'mandated')
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'self_service') AS numerator,
    count_if(role IN ('self_service', 'manual')) AS n,
    count_if(role = 'manual') AS n_manual,
    count_if(is_mandated AND role IN ('self_service', 'manual')) AS n_mandated,
    count_if(is_mandated AND role = 'self_service') AS numerator_mandated,
    count_if(role = 'tickets_not_collected') AS excluded_tickets_not_collected,
    count_if(role = 'runs_not_collected') AS excluded_runs_not_collected
FROM evidence
GROUP BY ALL
