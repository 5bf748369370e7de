-- What a reader sees of a change behind a figure: its milestones and its link. Grain: change_id, service_id.
-- Apart from fact_changes, which every figure scans and which therefore stays narrow.
SELECT
    change_id, service_id AS outside_service_id, repo_id, merge_sha,
    first_commit_at, first_committed_at, opened_at, ready_at, first_review_at, merged_at, closed_at, url
FROM changes
UNION ALL
SELECT
    change_id, service_id, repo_id, merge_sha,
    first_commit_at, first_committed_at, NULL, NULL, NULL, merged_at, NULL, url
FROM derived_changes
