-- The first local day of which anything is known. Grain: one row.
SELECT min(day) AS day FROM team_days
