"""The scan limit: plain queries that read and aggregate the columns which a computation reads."""


def _largest(table: str, *columns: str) -> str:
    """Read every column of a table once; ``max`` makes DuckDB look at each value."""
    return f"SELECT count(*), {', '.join(f'max({column})' for column in columns)} FROM {table}"


# Everything that the facts are made from.
INPUTS = (
    _largest(
        "deployments",
        "deployment_id",
        "service_id",
        "environment",
        "status",
        "reached_production",
        "sha",
        "started_at",
        "finished_at",
        "trigger",
        "is_rollback",
        "is_hotfix",
        "repairs_deployment_id",
        "via",
        "url",
    ),
    _largest(
        "deployment_states",
        "deployment_id",
        "running_deployment_id",
        "is_rollback",
        "is_redeploy",
        "has_graph",
    ),
    _largest(
        "changes",
        "change_id",
        "service_id",
        "repo_id",
        "merge_sha",
        "first_commit_at",
        "first_committed_at",
        "opened_at",
        "draft_hours",
        "ready_at",
        "first_review_at",
        "merged_at",
        "closed_at",
        "is_bot",
        "url",
    ),
    _largest("link_changes", "change_id", "service_id", "deployment_id", "method"),
    _largest("commits", "repo_id", "committed_at", "parents"),
    _largest(
        "incidents", "incident_id", "service_id", "started_at", "resolved_at", "severity", "cause", "url"
    ),
    _largest("link_incidents", "incident_id", "deployment_id", "method"),
    _largest(
        "tickets",
        "ticket_id",
        "type",
        "created_at",
        "team_id",
        "service_id",
        "queue",
        "action",
        "first_response_at",
        "resolved_at",
        "touch_hours",
        "status",
        "url",
    ),
    _largest("ticket_transitions", "ticket_id", '"at"', "from_status", "to_status"),
    _largest("worklogs", "ticket_id", "hours"),
    _largest(
        "action_runs",
        "run_id",
        "action",
        "team_id",
        "service_id",
        "requested_at",
        "approved_at",
        "finished_at",
        "status",
        "dry_run",
        "target",
        "url",
    ),
    _largest("coverage", "resource", "scope_id", "from_at", "to_at"),
)

_MONTHS = "SELECT team_id, date_trunc('month', {day}) AS month, {sums} FROM {table} GROUP BY ALL"


def _monthly(table: str, day: str, *sums: str) -> str:
    return _MONTHS.format(table=table, day=day, sums=", ".join(sums))


# What each key reads, grouped as it is asked for: by team by month.
KEYS = {
    "deployment_frequency": _monthly(
        "fact_deployments",
        "finished_on",
        "count_if(is_successful)",
        "count_if(is_rollback)",
        "count_if(is_redeploy)",
        "count(exclusion)",
        "sum(epoch(finished_at))",
    ),
    "change_lead_time": _monthly(
        "fact_changes", "deployed_on", "count(*)", "count(exclusion)", "sum(authored_hours)"
    ),
    "change_fail_rate": _monthly(
        "fact_deployments",
        "finished_on",
        "count_if(is_counted)",
        "count_if(is_failed)",
        "count_if(is_failed_stated)",
        "count_if(has_incident_coverage)",
    ),
    "failed_deployment_recovery_time": _monthly(
        "fact_deployments",
        "finished_on",
        "count_if(is_failed)",
        "sum(recovery_hours)",
        "count(restored_at)",
        "count_if(has_incident_coverage)",
    ),
    "deployment_rework_rate": _monthly(
        "fact_deployments",
        "finished_on",
        "count_if(is_counted)",
        "count_if(is_rework)",
        "count_if(is_rollback)",
        "count_if(is_hotfix)",
        "count_if(is_classified)",
    ),
}

# What the return on investment reads, by team and quarter: two years of facts, once.
_QUARTERS = "SELECT team_id, date_trunc('quarter', {day}) AS quarter, {sums} FROM {table} GROUP BY ALL"


def _quarterly(table: str, day: str, *sums: str) -> str:
    return _QUARTERS.format(table=table, day=day, sums=", ".join(sums))


ROI = (
    _quarterly("fact_runs", "requested_on", "max(action)", "count_if(is_successful)", "sum(lead_hours)"),
    _quarterly(
        "fact_tickets",
        "created_on",
        "max(type)",
        "max(action)",
        "count_if(is_covered)",
        "sum(touch_hours)",
        "max(touch_grade)",
        "sum(lead_hours)",
        "count(resolved_at)",
    ),
    _quarterly(
        "fact_deployments",
        "finished_on",
        "max(service_id)",
        "count_if(is_counted)",
        "count_if(is_failed)",
        "count_if(has_incident_coverage)",
        "sum(recovery_hours)",
        "sum(epoch(finished_at))",
        "max(via)",
    ),
    _quarterly(
        "fact_incidents",
        "started_on",
        "max(service_id)",
        "count_if(is_change_failure)",
        "count_if(is_covered)",
    ),
    _quarterly("service_days", "day", "max(service_id)", "sum(deployments)", "sum(incidents)"),
    _quarterly("team_days", "day", "sum(tickets)", "sum(action_runs)"),
    _quarterly("engineer_days", "day", "sum(engineers)"),
    _largest(
        "costs",
        "tags",
        "service_name",
        "billing_currency",
        "effective_cost",
        "billed_cost",
        "consumed_quantity",
    ),
)
