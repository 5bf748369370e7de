-- warn: changes: merged or closed before they were opened
SELECT change_id, service_id, opened_at, merged_at, closed_at
FROM changes
WHERE merged_at < opened_at OR closed_at < opened_at
