-- One row per deployment: whether it counts, whether it failed and by which evidence, when it was restored.
-- Metrics read this and know nothing of environments, zones, links or coverage.
WITH located AS (
    SELECT
        d.deployment_id,
        coalesce(m.service_id, d.service_id) AS service_id,
        coalesce(m.team_id, 'unassigned') AS team_id,
        m.tier,
        d.environment,
        coalesce(e.is_production, FALSE) AS is_production,
        d.status,
        d.reached_production,
        d.sha,
        d.started_at,
        d.finished_at,
        local_date(d.finished_at) AS finished_on,
        d.trigger,
        d.via,
        d.url,
        d.repairs_deployment_id,
        s.running_deployment_id,
        coalesce(s.is_redeploy, FALSE) AS is_redeploy,
        coalesce(s.is_rollback, d.is_rollback, FALSE) AS is_rollback,
        coalesce(d.is_hotfix, FALSE)
            OR d.repairs_deployment_id IS NOT NULL
            OR ($hotfix_pattern <> '' AND (
                coalesce(regexp_matches(d.trigger, $hotfix_pattern), FALSE)
                OR regexp_matches(d.deployment_id, $hotfix_pattern)
            )) AS is_hotfix,
        -- Planned or not is known when the source says so, or when the graph and a trigger tell it.
        (d.is_rollback IS NOT NULL OR coalesce(s.has_graph, FALSE))
            AND (d.is_hotfix IS NOT NULL OR d.trigger IS NOT NULL OR $hotfix_pattern <> '') AS is_classified
    FROM deployments d
    LEFT JOIN environments e ON e.name = d.environment
    LEFT JOIN deployment_states s ON s.deployment_id = d.deployment_id
    LEFT JOIN service_map m
        ON m.outside_id = d.service_id
        AND (m.from_at IS NULL OR coalesce(d.finished_at, d.started_at) >= m.from_at)
        AND (m.to_at IS NULL OR coalesce(d.finished_at, d.started_at) < m.to_at)
),
covered AS (
    SELECT
        l.*,
        bool_or(c.resource = 'deployments') AS in_deployments,
        bool_or(c.resource = 'incidents') AS in_incidents
    FROM (SELECT deployment_id, service_id, finished_at FROM located WHERE is_production) l
    JOIN marts.service_coverage c
        ON c.service_id = l.service_id AND l.finished_at >= c.from_at AND l.finished_at < c.to_at
    GROUP BY ALL
),
classed AS (
    SELECT
        l.*,
        coalesce(c.in_incidents, FALSE) AS has_incident_coverage,
        CASE
            WHEN NOT l.is_production THEN 'not_production'
            WHEN l.status = 'in_progress' THEN 'in_progress'
            WHEN l.status = 'cancelled' THEN 'cancelled'
            WHEN l.finished_at IS NULL THEN 'no_finish_time'
            WHEN l.status = 'failure' AND NOT coalesce(l.reached_production, FALSE) THEN 'failed_before_production'
            WHEN NOT coalesce(c.in_deployments, FALSE) THEN 'outside_coverage'
        END AS exclusion
    FROM located l
    LEFT JOIN covered c ON c.deployment_id = l.deployment_id
),
reached AS (
    SELECT * FROM classed WHERE exclusion IS NULL OR exclusion = 'outside_coverage'
),
ordered AS (
    SELECT
        deployment_id,
        exclusion IS NULL AND row_number() OVER (
            PARTITION BY service_id, exclusion ORDER BY finished_at, deployment_id
        ) = 1 AS is_first_observed,
        last_value(CASE WHEN NOT is_rollback AND NOT is_hotfix THEN deployment_id END IGNORE NULLS) OVER earlier
            AS planned_before_id,
        last_value(CASE WHEN NOT is_rollback AND NOT is_hotfix THEN finished_at END IGNORE NULLS) OVER earlier
            AS planned_before_at
    FROM reached
    WINDOW earlier AS (
        PARTITION BY service_id ORDER BY finished_at, deployment_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
next_successes AS (
    SELECT
        deployment_id,
        first_value(CASE WHEN status = 'success' THEN deployment_id END IGNORE NULLS) OVER later AS success_id,
        first_value(CASE WHEN status = 'success' THEN finished_at END IGNORE NULLS) OVER later AS success_at
    FROM reached
    WINDOW later AS (
        PARTITION BY service_id, environment ORDER BY finished_at, deployment_id
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
),
-- A rollback replaced the running one, unless it brought that very version back after a failed roll-out.
rollbacks AS (
    SELECT r.running_deployment_id AS failed_id, r.deployment_id AS repair_id, r.finished_at AS repaired_at
    FROM reached r
    WHERE r.is_rollback AND NOT r.is_redeploy AND r.status = 'success' AND r.running_deployment_id IS NOT NULL
),
hotfixes AS (
    SELECT
        coalesce(h.repairs_deployment_id, o.planned_before_id) AS failed_id,
        h.deployment_id AS repair_id,
        CASE WHEN h.status = 'success' THEN h.finished_at END AS repaired_at
    FROM reached h
    JOIN ordered o ON o.deployment_id = h.deployment_id
    WHERE h.is_hotfix AND NOT h.is_rollback AND (
        h.repairs_deployment_id IS NOT NULL
        OR o.planned_before_at >= h.finished_at - to_hours(24 * $hotfix_window_days)
    )
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
        coalesce(o.is_first_observed, FALSE) AS is_first_observed,
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
    FROM classed c
    LEFT JOIN ordered o ON o.deployment_id = c.deployment_id
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
    * EXCLUDE (reached_production, is_production),
    CASE WHEN is_failed THEN (epoch(restored_at) - epoch(finished_at)) / 3600.0 END AS recovery_hours,
    CASE WHEN is_failed THEN (epoch(restored_at) - epoch(first_incident_at)) / 3600.0 END
        AS recovery_from_incident_hours,
    CASE WHEN is_failed_stated THEN (epoch(restored_stated_at) - epoch(finished_at)) / 3600.0 END
        AS recovery_stated_hours
FROM judged
