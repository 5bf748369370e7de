-- Every team. Grain: team_id.
SELECT team_id, coalesce(is_platform_team, FALSE) AS is_platform_team FROM teams
