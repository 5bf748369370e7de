-- One row per team and local day on which anything of it is known, with the share of the day (0 to 1): the
-- best known of its services, and its own tickets and runs. Grain: team_id, day.
WITH days_of_services AS (
    SELECT
        team_id, day,
        max(deployments) AS deployments, max(changes) AS changes, max(incidents) AS incidents,
        count_if(deployments > 0) AS n_services, count_if(incidents > 0) AS n_services_with_incidents
    FROM marts.service_days
    GROUP BY ALL
),
shares AS (
    SELECT
        c.team_id, c.resource, k.day,
        (epoch(least(c.to_at, k.ends_at)) - epoch(greatest(c.from_at, k.starts_at)))
        / (epoch(k.ends_at) - epoch(k.starts_at)) AS share
    FROM marts.team_coverage c
    JOIN marts.calendar k ON k.starts_at < c.to_at AND k.ends_at > c.from_at
),
days_of_requests AS (
    SELECT
        team_id, day,
        sum(share) FILTER (WHERE resource = 'tickets') AS tickets,
        sum(share) FILTER (WHERE resource = 'action_runs') AS action_runs
    FROM shares
    GROUP BY ALL
)
SELECT
    team_id, day,
    coalesce(s.deployments, 0.0) AS deployments,
    coalesce(s.changes, 0.0) AS changes,
    coalesce(s.incidents, 0.0) AS incidents,
    coalesce(r.tickets, 0.0) AS tickets,
    coalesce(r.action_runs, 0.0) AS action_runs,
    coalesce(s.n_services, 0) AS n_services,
    coalesce(s.n_services_with_incidents, 0) AS n_services_with_incidents
FROM days_of_services s
FULL JOIN days_of_requests r USING (team_id, day)
