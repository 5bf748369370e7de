-- Active engineers, the mean over the days of the period. Grain: period_start, team_id.
SELECT period_of(day, $period, $start) AS period_start, team_id, avg(engineers) AS engineers
FROM engineer_days
WHERE day >= $start AND day < $end
GROUP BY ALL
