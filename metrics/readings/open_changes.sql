-- Changes that no production deployment contains yet, with their age. Grain: change_id, service_id.
SELECT
    c.change_id, c.service_id, c.team_id, c.tier,
    CASE
        WHEN d.merged_at IS NOT NULL THEN 'merged, not deployed'
        WHEN d.opened_at IS NULL THEN 'committed, not deployed'
        ELSE 'not merged'
    END AS state,
    d.first_commit_at, d.merged_at,
    (epoch($as_of) - epoch(coalesce(d.first_commit_at, d.opened_at, d.merged_at))) / 3600.0 AS age_hours,
    d.url
FROM fact_changes c
JOIN changes d ON d.change_id = c.change_id AND d.service_id = c.outside_service_id
WHERE c.exclusion = 'not_deployed' AND in_scope(c.service_id, c.team_id, c.tier, $services, $teams, $tiers)
ORDER BY age_hours DESC NULLS LAST, c.change_id, c.service_id
LIMIT $row_limit
