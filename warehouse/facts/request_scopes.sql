-- Every team that may ask for something, and every action that was asked for by each. Grain: team_id, action.
SELECT team_id, CAST(NULL AS VARCHAR) AS action FROM teams
UNION
SELECT team_id, action FROM marts.fact_tickets
UNION
SELECT team_id, action FROM marts.fact_runs
