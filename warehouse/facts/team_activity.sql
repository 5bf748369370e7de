-- What each team did, by local day: production deployments, and runs and requests by action.
-- Grain: team_id, action (null for deployments), day. A request is a ticket of that type or a run, no dry run.
SELECT
    team_id, CAST(NULL AS VARCHAR) AS action, finished_on AS day,
    count(*) AS n_deployments,
    count_if(coalesce(via, '') = 'golden_path') AS n_golden_path,
    0 AS n_runs,
    0 AS n_requests
FROM marts.fact_deployments
WHERE is_counted
GROUP BY ALL
UNION ALL
SELECT
    team_id, action, day, 0, 0, CAST(sum(n_runs) AS BIGINT), CAST(sum(n_requests) AS BIGINT)
FROM (
    SELECT team_id, action, requested_on AS day, count_if(is_successful) AS n_runs, count(*) AS n_requests
    FROM marts.fact_runs
    WHERE NOT is_dry_run AND coalesce(exclusion, '') <> 'outside_coverage'
    GROUP BY ALL
    UNION ALL
    SELECT team_id, action, created_on, 0, count(*)
    FROM marts.fact_tickets
    WHERE type = 'request' AND is_covered
    GROUP BY ALL
)
GROUP BY ALL
