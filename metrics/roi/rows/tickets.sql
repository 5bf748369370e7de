-- Tickets by their one type; requests by action too. Grain: period_start, team_id, type, action.
SELECT period_of(created_on, $period, $start) AS period_start, team_id, type, action, count(*) AS n
FROM fact_tickets
WHERE is_covered AND type IN ('request', 'how_to') AND created_on >= $start AND created_on < $end
GROUP BY ALL
