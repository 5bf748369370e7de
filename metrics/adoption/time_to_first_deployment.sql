/* ---
name: time_to_first_deployment
title: Time to first deployment
unit: days
better: lower
statistic: survival
grain: [scope_id, period_start]
by: [team, organisation]
needs: [deployments]
minimum_n: 5
owner: platform team
parameters:
  of: {default: service, choices: [service, team]}
definition: >-
  Time from the start of a new service, or from the onboarding of a team, to its first successful production
  deployment. The Kaplan-Meier median: those that have not deployed yet count with the time that they have waited.
  Bucket: day of the start.
source: https://doi.org/10.1080/01621459.1958.10501452
version: 1
caveats:
  - What began before its deployments were collected is out and counted.
  - Where half have not deployed yet there is no median; n and n_open are given.
also_called: [time to first production deployment, time to hello world]
--- */
WITH subjects AS (
    SELECT
        s.service_id AS subject_id, s.service_id, s.team_id, s.tier, s.created_at AS started_at,
        s.created_on AS started_on, s.first_deployment_at,
        s.covered_from_at <= s.created_at + INTERVAL 1 DAY AS is_covered
    FROM fact_services s
    WHERE $of = 'service'
    UNION ALL
    SELECT
        t.team_id, NULL, t.team_id, NULL, t.onboarded_at, t.onboarded_on, t.first_deployment_at,
        t.covered_from_on <= t.onboarded_on
    FROM fact_teams t
    WHERE $of = 'team' AND NOT t.is_platform_team
),
timed AS (
    SELECT
        *,
        (epoch(first_deployment_at) - epoch(started_at)) / 86400.0 AS days,
        (epoch($as_of) - epoch(started_at)) / 86400.0 AS open_days
    FROM subjects
    WHERE started_on >= $start AND started_on < $end
        AND in_scope(service_id, team_id, tier, $services, $teams, $tiers)
),
evidence AS (
    SELECT
        request_scope($by, team_id, NULL) AS scope_id,
        period_of(started_on, $period, $start) AS period_start,
        subject_id, team_id, started_at, first_deployment_at, days, open_days,
        CASE
            WHEN NOT coalesce(is_covered, FALSE) THEN 'outside_coverage'
            WHEN days IS NULL THEN 'open'
            WHEN days < 0 THEN 'negative'
            ELSE 'counted'
        END AS role,
        CAST(NULL AS VARCHAR) AS url
    FROM timed
)
-- figures
SELECT
    scope_id,
    period_start,
    sorted_values(CASE WHEN role = 'counted' THEN days END) AS sorted_durations,
    sorted_values(CASE WHEN role = 'open' THEN open_days END) AS open_durations,
    count_if(role = 'open') AS n_open,
    count_if(role = 'negative') AS excluded_negative,
    count_if(role = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
