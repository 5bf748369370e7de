-- Every deployment under our names, with the reason why it is in no figure. Grain: deployment_id.
-- A step of its own: several parts of fact_deployments look at the same rows.
-- Services that a deploy-service run of ours made are on the golden path from then on, whatever deploys them,
-- unless their source says that a deployment was made by hand.
WITH golden_path AS (
    SELECT target AS service_id, min(finished_at) AS from_at
    FROM action_runs
    WHERE source = 'actions' AND action LIKE 'deploy-service%' AND status = 'success'
        AND NOT coalesce(dry_run, FALSE)
    GROUP BY target
),
located AS (
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
        CASE
            WHEN d.finished_at >= g.from_at AND coalesce(d.via, 'pipeline') = 'pipeline' THEN 'golden_path'
            ELSE d.via
        END AS via,
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
        ON m.source = d.source AND m.outside_id = d.service_id
        AND (m.from_at IS NULL OR coalesce(d.finished_at, d.started_at) >= m.from_at)
        AND (m.to_at IS NULL OR coalesce(d.finished_at, d.started_at) < m.to_at)
    LEFT JOIN golden_path g ON g.service_id = coalesce(m.service_id, d.service_id)
)
SELECT
    l.*,
    -- Covered intervals of a service never overlap, so neither join can multiply rows.
    i.service_id IS NOT NULL AND l.is_production AS has_incident_coverage,
    CASE
        WHEN NOT l.is_production THEN 'not_production'
        WHEN l.status = 'in_progress' THEN 'in_progress'
        WHEN l.status = 'cancelled' THEN 'cancelled'
        WHEN l.finished_at IS NULL THEN 'no_finish_time'
        WHEN l.status = 'failure' AND NOT coalesce(l.reached_production, FALSE) THEN 'failed_before_production'
        WHEN c.service_id IS NULL THEN 'outside_coverage'
    END AS exclusion
FROM located l
LEFT JOIN marts.service_coverage c
    ON c.service_id = l.service_id AND c.resource = 'deployments'
    AND l.finished_at >= c.from_at AND l.finished_at < c.to_at
LEFT JOIN marts.service_coverage i
    ON i.service_id = l.service_id AND i.resource = 'incidents'
    AND l.finished_at >= i.from_at AND l.finished_at < i.to_at
