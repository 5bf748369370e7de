/* ---
name: fallback_rate
title: Fallback rate
unit: ratio
better: lower
statistic: rate
grain: [scope_id, period_start]
by: [team, action, organisation]
needs: [tickets, action_runs]
minimum_n: 10
owner: platform team
definition: >-
  Share of failed self-service runs that were followed by their team's ticket for the same action within 48 hours
  after they ended. Bucket: day on which the run was requested.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - A run counts once however many tickets follow. A ticket that would have come anyway counts as a fallback too.
  - Runs that ended less than 48 hours before the snapshot are out and counted, unless a ticket has followed already.
--- */
WITH failed AS (
    SELECT *, coalesce(finished_at, requested_at) AS ended_at
    FROM fact_runs
    WHERE requested_on >= $start AND requested_on < $end AND is_failed
        AND in_scope(service_id, team_id, tier, $services, $teams, $tiers)
        AND in_actions(action, $actions)
),
followed AS (
    SELECT
        f.run_id,
        count(*) AS n_tickets,
        min(t.created_at) AS ticket_at,
        min_by(t.ticket_id, t.created_at) AS ticket_id,
        min_by(t.url, t.created_at) AS ticket_url
    FROM failed f
    JOIN fact_tickets t
        ON t.team_id = f.team_id AND t.action = f.action AND t.type = 'request'
        AND t.created_at >= f.ended_at AND t.created_at <= f.ended_at + INTERVAL 48 HOUR
    WHERE f.team_id <> 'unassigned'
    GROUP BY f.run_id
),
evidence AS (
    SELECT
        request_scope($by, f.team_id, f.action) AS scope_id,
        period_of(f.requested_on, $period, $start) AS period_start,
        f.run_id, f.action, f.team_id, f.service_id, f.ended_at, t.n_tickets, t.ticket_id, t.ticket_at, t.ticket_url,
        CASE
            WHEN NOT f.has_ticket_coverage THEN 'tickets_not_collected'
            WHEN f.team_id = 'unassigned' THEN 'no_team'
            WHEN t.run_id IS NOT NULL THEN 'fell_back'
            WHEN f.ended_at + INTERVAL 48 HOUR > $as_of THEN 'pending'
            ELSE 'counted'
        END AS role,
        f.url
    FROM failed f
    LEFT JOIN followed t ON t.run_id = f.run_id
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'fell_back') AS numerator,
    count_if(role IN ('fell_back', 'counted')) AS n,
    count_if(role = 'pending') AS excluded_pending,
    count_if(role = 'no_team') AS excluded_no_team,
    count_if(role = 'tickets_not_collected') AS excluded_tickets_not_collected
FROM evidence
GROUP BY ALL
