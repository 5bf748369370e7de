-- The changes of repositories that have no pull requests: each commit that is no merge, once per service.
-- Where the paths of a service are known for the repository, only the commits that touch them.
-- Grain: change_id, service_id. Both linking and facts read this, so the rule stands here alone.
WITH repositories_with_changes AS (
    SELECT c.repo_id FROM changes c WHERE c.repo_id IS NOT NULL
    UNION
    SELECT s.repo_id FROM changes c JOIN services s ON s.service_id = c.service_id
    WHERE c.repo_id IS NULL AND s.repo_id IS NOT NULL
    UNION
    SELECT s.repo_id FROM changes c
    JOIN service_map m ON m.source = c.source AND m.outside_id = c.service_id
    JOIN services s ON s.service_id = m.service_id
    WHERE c.repo_id IS NULL AND s.repo_id IS NOT NULL
),
-- Few, and often none: found first, so that the commits of all others are not looked at.
repositories_without_changes AS (
    (SELECT repo_id FROM services WHERE repo_id IS NOT NULL UNION SELECT repo_id FROM commit_paths)
    EXCEPT
    SELECT repo_id FROM repositories_with_changes
),
plain_commits AS (
    SELECT c.repo_id, c.sha, c.authored_at, c.committed_at, c.author, c.source
    FROM commits c
    JOIN repositories_without_changes r ON r.repo_id = c.repo_id
    WHERE NOT contains(trim(coalesce(c.parents, '')), ' ')
),
services_with_paths AS (
    SELECT DISTINCT repo_id, service_id FROM commit_paths
),
services_of_whole_repositories AS (
    SELECT s.repo_id, s.service_id
    FROM services s
    LEFT JOIN services_with_paths p ON p.repo_id = s.repo_id AND p.service_id = s.service_id
    WHERE s.repo_id IS NOT NULL AND p.service_id IS NULL
),
commits_of_services AS (
    SELECT c.repo_id, c.sha, s.service_id, c.authored_at, c.committed_at, c.author, c.source
    FROM plain_commits c
    JOIN services_of_whole_repositories s ON s.repo_id = c.repo_id
    UNION ALL
    SELECT c.repo_id, c.sha, p.service_id, c.authored_at, c.committed_at, c.author, c.source
    FROM plain_commits c
    JOIN commit_paths p ON p.repo_id = c.repo_id AND p.sha = c.sha
)
SELECT
    repo_id || '@' || sha AS change_id,
    service_id,
    repo_id,
    sha AS merge_sha,
    authored_at AS first_commit_at,
    committed_at AS first_committed_at,
    -- Nobody merged it: a stage that never happened is absent, not of length zero.
    CAST(NULL AS TIMESTAMP) AS merged_at,
    author,
    CAST(NULL AS VARCHAR) AS url,
    source
FROM commits_of_services
