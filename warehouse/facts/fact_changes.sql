-- One row per change and service: its first deployment, the three clocks, the stages, why it is out.
-- Stages telescope: a milestone that never happened drops the stage that ends in it, and the next stage
-- begins at the last milestone that did happen, so the stages of a change always sum to its lead time.
-- least and greatest skip NULL, hence the guards.
WITH changes_of_services AS (
    SELECT
        c.change_id, c.service_id AS outside_service_id, c.repo_id,
        c.first_commit_at, c.first_committed_at, c.opened_at, coalesce(c.draft_hours, 0.0) AS draft_hours,
        -- Opened and never a draft is ready at once; a draft without a time stays unknown.
        coalesce(c.ready_at, CASE WHEN coalesce(c.draft_hours, 0.0) = 0.0 THEN c.opened_at END) AS ready_at,
        c.first_review_at, c.merged_at, c.closed_at, coalesce(c.is_bot, FALSE) AS is_bot, c.source
    FROM changes c
    UNION ALL
    SELECT
        d.change_id, d.service_id, d.repo_id,
        d.first_commit_at, d.first_committed_at, NULL, 0.0, NULL, NULL, d.merged_at, NULL, FALSE, d.source
    FROM derived_changes d
),
repository_starts AS (
    -- A root commit is one without parents in a repository whose other commits have them.
    SELECT repo_id, min(committed_at) FILTER (WHERE coalesce(parents, '') = '') AS began_at
    FROM commits
    GROUP BY repo_id
    HAVING count(*) = 1 OR count_if(coalesce(parents, '') <> '') > 0
),
first_observed AS (
    SELECT d.service_id, d.deployment_id, c.from_at AS covered_from
    FROM marts.fact_deployments d
    JOIN marts.service_coverage c
        ON c.service_id = d.service_id AND c.resource = 'deployments'
        AND d.finished_at >= c.from_at AND d.finished_at < c.to_at
    WHERE d.is_first_observed
),
deployed AS (
    SELECT
        c.* EXCLUDE (source),
        coalesce(d.service_id, m.service_id, c.outside_service_id) AS service_id,
        coalesce(d.team_id, m.team_id, 'unassigned') AS team_id,
        coalesce(d.tier, m.tier) AS tier,
        l.deployment_id,
        l.is_stated AS is_link_stated,
        d.finished_at AS deployed_at,
        d.finished_on AS deployed_on,
        d.exclusion = 'outside_coverage' AS is_outside_coverage,
        coalesce(d.is_first_observed AND NOT coalesce(r.began_at >= f.covered_from, FALSE), FALSE)
            AS is_left_truncated,
        CASE WHEN c.first_commit_at IS NOT NULL THEN least(c.first_commit_at, d.finished_at) END AS m0
    FROM changes_of_services c
    -- The largest side of a join here, so it is kept narrow.
    LEFT JOIN (
        SELECT change_id, service_id, deployment_id, method = 'explicit' AS is_stated FROM link_changes
    ) l ON l.change_id = c.change_id AND l.service_id = c.outside_service_id
    LEFT JOIN marts.fact_deployments d ON d.deployment_id = l.deployment_id
    LEFT JOIN service_map m
        ON m.source = c.source AND m.outside_id = c.outside_service_id
        AND (m.from_at IS NULL OR coalesce(c.merged_at, c.opened_at, c.first_commit_at) >= m.from_at)
        AND (m.to_at IS NULL OR coalesce(c.merged_at, c.opened_at, c.first_commit_at) < m.to_at)
    LEFT JOIN first_observed f ON f.deployment_id = l.deployment_id
    LEFT JOIN repository_starts r ON r.repo_id = c.repo_id
),
ready AS (
    SELECT *, CASE WHEN ready_at IS NOT NULL THEN least(greatest(ready_at, m0), deployed_at) END AS m1
    FROM deployed
),
reviewed AS (
    SELECT *,
        CASE WHEN first_review_at IS NOT NULL
            THEN least(greatest(first_review_at, coalesce(m1, m0)), deployed_at) END AS m2
    FROM ready
),
merged AS (
    SELECT *,
        CASE WHEN merged_at IS NOT NULL
            THEN least(greatest(merged_at, coalesce(m2, m1, m0)), deployed_at) END AS m3
    FROM reviewed
)
SELECT
    change_id, outside_service_id, service_id, team_id, tier, deployment_id, is_link_stated, deployed_on,
    CASE
        WHEN is_bot THEN 'bot'
        WHEN deployment_id IS NULL AND merged_at IS NULL AND closed_at IS NOT NULL THEN 'closed'
        WHEN deployment_id IS NULL THEN 'not_deployed'
        WHEN is_outside_coverage THEN 'outside_coverage'
        WHEN is_left_truncated THEN 'left_truncated'
    END AS exclusion,
    (epoch(deployed_at) - epoch(first_commit_at)) / 3600.0 AS authored_hours,
    (epoch(deployed_at) - epoch(first_committed_at)) / 3600.0 AS committed_hours,
    (epoch(deployed_at) - epoch(merged_at)) / 3600.0 AS merged_hours,
    CASE WHEN m1 IS NOT NULL
        THEN (epoch(m1) - epoch(m0)) / 3600.0 - least(draft_hours, (epoch(m1) - epoch(m0)) / 3600.0) END
        AS coding_hours,
    CASE WHEN m1 IS NOT NULL AND draft_hours > 0
        THEN least(draft_hours, (epoch(m1) - epoch(m0)) / 3600.0) END AS draft_hours,
    CASE WHEN m2 IS NOT NULL THEN (epoch(m2) - epoch(coalesce(m1, m0))) / 3600.0 END AS pickup_hours,
    CASE WHEN m3 IS NOT NULL THEN (epoch(m3) - epoch(coalesce(m2, m1, m0))) / 3600.0 END AS review_hours,
    (epoch(deployed_at) - epoch(coalesce(m3, m2, m1, m0))) / 3600.0 AS deploy_wait_hours
FROM merged
