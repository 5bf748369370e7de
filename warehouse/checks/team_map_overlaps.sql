-- fail: team_map: two entries for one team or queue overlap in time, so its rows would count twice
SELECT source, kind, outside_id, from_at, to_at
FROM team_map
QUALIFY coalesce(from_at, TIMESTAMP '0001-01-01') < max(coalesce(to_at, TIMESTAMP '9999-12-31')) OVER (
    PARTITION BY source, kind, outside_id ORDER BY from_at NULLS FIRST, to_at NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
