-- Changes whose deployments are stated: the earliest success in production that is no rollback.
INSERT INTO link_changes (change_id, service_id, deployment_id, method)
SELECT c.change_id, c.outside_service_id, min_by(d.deployment_id, d.place), 'explicit'
FROM linkable_changes c
JOIN stated_changes x ON x.change_id = c.change_id AND x.service_id = c.service_id
JOIN ordered_deployments d ON d.place = x.place
JOIN deployment_states t ON t.deployment_id = d.deployment_id
WHERE d.is_success AND d.is_production AND NOT t.is_rollback
GROUP BY c.change_id, c.outside_service_id
