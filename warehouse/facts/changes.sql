-- Every change as a reader sees it behind a figure, commits of repositories without pull requests among
-- them; nobody's name. Grain: change_id, service_id. Apart from fact_changes, which every figure scans and
-- which therefore stays narrow.
SELECT * EXCLUDE (author) FROM changes
UNION ALL BY NAME
SELECT change_id, service_id, repo_id, merge_sha, first_commit_at, first_committed_at, merged_at, url
FROM derived_changes
