-- One row per deployment: whether it counts, whether it failed and by which evidence, when it was restored.
-- Metrics read this and know nothing of environments, zones, links or coverage.
WITH reached AS (
    SELECT * FROM classed_deployments WHERE exclusion IS NULL OR exclusion = 'outside_coverage'
),
first_observed AS (
    SELECT service_id, min(finished_at) AS first_at FROM reached WHERE exclusion IS NULL GROUP BY service_id
),
planned AS (
    SELECT service_id, finished_at, max(deployment_id) AS deployment_id
    FROM reached
    WHERE NOT is_rollback AND NOT is_hotfix
    GROUP BY service_id, finished_at
),
next_successes AS (
    SELECT f.deployment_id, s.finished_at AS success_at
    FROM (SELECT * FROM reached WHERE status = 'failure') f
    ASOF JOIN (SELECT service_id, environment, finished_at FROM reached WHERE status = 'success') s
        ON s.service_id = f.service_id AND s.environment = f.environment AND f.finished_at <= s.finished_at
),
-- A rollback replaced the running one, unless it brought that very version back after a failed roll-out.
rollbacks AS (
    SELECT r.running_deployment_id AS failed_id, r.deployment_id AS repair_id, r.finished_at AS repaired_at
    FROM reached r
    WHERE r.is_rollback AND NOT r.is_redeploy AND r.status = 'success' AND r.running_deployment_id IS NOT NULL
),
hotfixes AS (
    SELECT
        coalesce(h.repairs_deployment_id, p.deployment_id) AS failed_id,
        h.deployment_id AS repair_id,
        CASE WHEN h.status = 'success' THEN h.finished_at END AS repaired_at
    FROM (SELECT * FROM reached WHERE is_hotfix AND NOT is_rollback) h
    ASOF LEFT JOIN planned p ON p.service_id = h.service_id AND h.finished_at >= p.finished_at
    WHERE h.repairs_deployment_id IS NOT NULL
        OR p.finished_at >= h.finished_at - to_hours(24 * $hotfix_window_days)
),
rollback_of AS (
    SELECT failed_id, min_by(repair_id, repaired_at) AS repair_id, min(repaired_at) AS repaired_at
    FROM rollbacks GROUP BY failed_id
),
hotfix_of AS (
    SELECT failed_id, coalesce(min_by(repair_id, repaired_at), min(repair_id)) AS repair_id,
        min(repaired_at) AS repaired_at
    FROM hotfixes GROUP BY failed_id
),
incidents_of AS (
    SELECT
        deployment_id,
        count(*) AS n_incidents,
        count_if(NOT is_inferred) AS n_stated_incidents,
        string_agg(incident_id, ' ' ORDER BY incident_id) AS incident_ids,
        string_agg(DISTINCT link_method, ' ' ORDER BY link_method) AS incident_link_methods,
        min(started_at) AS first_incident_at,
        CASE WHEN bool_and(resolved_at IS NOT NULL) THEN max(resolved_at) END AS incidents_resolved_at,
        min(started_at) FILTER (WHERE NOT is_inferred) AS first_stated_incident_at,
        CASE WHEN bool_and(resolved_at IS NOT NULL OR is_inferred)
            THEN max(resolved_at) FILTER (WHERE NOT is_inferred) END AS stated_incidents_resolved_at
    FROM marts.fact_incidents
    WHERE is_change_failure
    GROUP BY deployment_id
),
evidence AS (
    SELECT
        c.*,
        c.exclusion IS NULL AS is_counted,
        c.exclusion IS NULL AND c.status = 'success' AS is_successful,
        coalesce(c.exclusion IS NULL AND c.finished_at = o.first_at, FALSE) AS is_first_observed,
        coalesce(c.exclusion IS NULL AND c.status = 'failure', FALSE) AS is_failed_rollout,
        coalesce(i.n_incidents, 0) AS n_incidents,
        coalesce(i.n_stated_incidents, 0) AS n_stated_incidents,
        i.incident_ids,
        i.incident_link_methods,
        i.first_incident_at,
        i.incidents_resolved_at,
        i.first_stated_incident_at,
        i.stated_incidents_resolved_at,
        r.repair_id AS rolled_back_by,
        h.repair_id AS hotfixed_by,
        coalesce(
            least(r.repaired_at, h.repaired_at),
            CASE WHEN c.status = 'failure' THEN n.success_at END
        ) AS repaired_at
    FROM classed_deployments c
    LEFT JOIN first_observed o ON o.service_id = c.service_id
    LEFT JOIN next_successes n ON n.deployment_id = c.deployment_id
    LEFT JOIN incidents_of i ON i.deployment_id = c.deployment_id
    LEFT JOIN rollback_of r ON r.failed_id = c.deployment_id
    LEFT JOIN hotfix_of h ON h.failed_id = c.deployment_id
),
judged AS (
    SELECT
        *,
        is_counted AND (is_failed_rollout OR n_incidents > 0
            OR rolled_back_by IS NOT NULL OR hotfixed_by IS NOT NULL) AS is_failed,
        is_counted AND (is_failed_rollout OR n_stated_incidents > 0
            OR rolled_back_by IS NOT NULL OR hotfixed_by IS NOT NULL) AS is_failed_stated,
        is_counted AND (is_rollback OR is_hotfix) AS is_rework,
        CASE WHEN n_incidents > 0 THEN incidents_resolved_at ELSE repaired_at END AS restored_at,
        CASE WHEN n_stated_incidents > 0 THEN stated_incidents_resolved_at ELSE repaired_at END
            AS restored_stated_at
    FROM evidence
)
SELECT
    * EXCLUDE (
        reached_production, is_production, running_deployment_id, repaired_at, n_incidents, n_stated_incidents,
        incidents_resolved_at, first_stated_incident_at, stated_incidents_resolved_at
    ),
    CASE WHEN is_failed THEN (epoch(restored_at) - epoch(finished_at)) / 3600.0 END AS recovery_hours,
    CASE WHEN is_failed THEN (epoch(restored_at) - epoch(first_incident_at)) / 3600.0 END
        AS recovery_from_incident_hours,
    CASE WHEN is_failed_stated THEN (epoch(restored_stated_at) - epoch(finished_at)) / 3600.0 END
        AS recovery_stated_hours
FROM judged
