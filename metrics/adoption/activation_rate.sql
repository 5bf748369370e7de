/* ---
name: activation_rate
title: Activation rate
unit: ratio
better: higher
statistic: rate
grain: [scope_id, period_start]
by: [team, organisation]
needs: [deployments]
minimum_n: 5
owner: platform team
definition: >-
  Share of onboarded teams whose first successful production deployment by the golden path came within 30 days of
  their onboarding, the platform team left out. Bucket: day of onboarding.
source: https://tag-app-delivery.cncf.io/whitepapers/platform-eng-maturity-model/
version: 1
caveats:
  - Teams onboarded less than 30 days before the last known day are out and counted, unless they are activated already.
  - Teams onboarded before their deployments were collected are out and counted.
  - A team that deployed by the golden path before its onboarding is activated on the day of it.
--- */
WITH evidence AS (
    SELECT
        request_scope($by, t.team_id, NULL) AS scope_id,
        period_of(t.onboarded_on, $period, $start) AS period_start,
        t.team_id, t.onboarded_on, t.first_golden_path_on, t.covered_from_on,
        CASE
            WHEN t.covered_from_on IS NULL OR t.onboarded_on < t.covered_from_on THEN 'outside_coverage'
            WHEN t.first_golden_path_on <= t.onboarded_on + INTERVAL 30 DAY THEN 'activated'
            WHEN t.onboarded_on + INTERVAL 30 DAY >= t.covered_until_on THEN 'pending'
            ELSE 'counted'
        END AS role,
        CAST(NULL AS VARCHAR) AS url
    FROM fact_teams t
    WHERE t.onboarded_on >= $start AND t.onboarded_on < $end AND NOT t.is_platform_team
        AND ($teams IS NULL OR list_contains($teams, t.team_id))
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(role = 'activated') AS numerator,
    count_if(role IN ('activated', 'counted')) AS n,
    count_if(role = 'pending') AS excluded_pending,
    count_if(role = 'outside_coverage') AS excluded_outside_coverage
FROM evidence
GROUP BY ALL
