/* ---
name: change_fail_rate
title: Change fail rate
unit: ratio
better: lower
statistic: rate
grain: [scope_id, period_start]
needs: [deployments, incidents]
minimum_n: 10
owner: platform team
parameters:
  inferred: {default: true, choices: [true, false]}
definition: >-
  Share of production deployments that needed immediate intervention: they failed while reaching
  production, caused an incident, were rolled back or repaired by a hotfix. Each counts once.
source: https://dora.dev/guides/dora-metrics/
version: 1
caveats:
  - Only deployments inside incident coverage are in the rate; elsewhere failures known from roll-outs,
    rollbacks and hotfixes are given as "at least".
  - Incidents of unknown cause that are linked by time count as inferred; inferred=false leaves them out.
also_called: [change failure rate]
--- */
WITH evidence AS (
    SELECT
        scope_of($by, d.service_id, d.team_id) AS scope_id,
        period_of(d.finished_on, $period, $start) AS period_start,
        d.deployment_id, d.service_id, d.status, d.finished_at, d.sha,
        d.has_incident_coverage AS is_in_rate,
        CASE WHEN $inferred THEN d.is_failed ELSE d.is_failed_stated END AS is_failed,
        d.is_failed AND NOT d.is_failed_stated AS is_inferred,
        d.is_failed_rollout, d.incident_ids, d.incident_link_methods, d.rolled_back_by, d.hotfixed_by,
        concat_ws(
            '; ',
            CASE WHEN d.is_failed_rollout THEN 'own failure in production' END,
            'incident ' || d.incident_ids || ' (' || d.incident_link_methods || ')',
            'replaced by the rollback ' || d.rolled_back_by,
            'repaired by the hotfix ' || d.hotfixed_by
        ) AS why,
        CASE
            WHEN NOT d.has_incident_coverage THEN 'incidents_not_collected'
            WHEN CASE WHEN $inferred THEN d.is_failed ELSE d.is_failed_stated END THEN 'failed'
            ELSE 'counted'
        END AS role,
        d.url
    FROM fact_deployments d
    WHERE d.finished_on >= $start AND d.finished_on < $end AND d.is_counted
        AND in_scope(d.service_id, d.team_id, d.tier, $services, $teams, $tiers)
)
-- figures
SELECT
    scope_id,
    period_start,
    count_if(is_failed AND is_in_rate) AS numerator,
    count_if(is_in_rate) AS n,
    count_if(is_inferred AND is_in_rate) AS n_inferred,
    count_if(is_failed) AS at_least_failed,
    count_if(NOT is_in_rate) AS excluded_incidents_not_collected
FROM evidence
GROUP BY ALL
