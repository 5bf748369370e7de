"""What metrics count and why rows are out, as words."""

from collections.abc import Mapping

_TEAMS = ("team", "teams")
_REQUESTS = ("request", "requests")
_RUNS = ("run", "runs")
_DEPLOYMENTS = ("production deployment", "production deployments")
_TICKETS = ("fulfilled ticket", "fulfilled tickets")
CHANGES = ("change", "changes")

# What a metric's n counts, one and many.
NOUNS: Mapping[str, tuple[str, str]] = {
    "deployment_frequency": ("successful deployment", "successful deployments"),
    "change_lead_time": ("deployed change", "deployed changes"),
    "change_fail_rate": _DEPLOYMENTS,
    "failed_deployment_recovery_time": ("recovered deployment", "recovered deployments"),
    "deployment_rework_rate": _DEPLOYMENTS,
    "incident_time_to_restore": ("resolved incident", "resolved incidents"),
    "team_adoption_rate": _TEAMS,
    "self_service_share": _REQUESTS,
    "golden_path_share": _DEPLOYMENTS,
    "fallback_rate": ("failed run", "failed runs"),
    "how_to_ticket_rate": ("active engineer", "active engineers"),
    "activation_rate": ("onboarded team", "onboarded teams"),
    "retention": _TEAMS,
    "time_to_first_deployment": ("new service", "new services"),
    "request_latency": _TICKETS,
    "action_success_rate": _RUNS,
    "action_duration": ("successful run", "successful runs"),
    "ticket_touch_time": _TICKETS,
    "ticket_waiting_time": _TICKETS,
}
# Why something has no value, as a chart says it.
STATES: Mapping[str, str] = {
    "too_few": "too few to say",
    "no_data": "no data",
    "not_collected": "not collected",
}
MEASURES: Mapping[str, str] = {
    "quantile": "median",
    "rate": "share",
    "frequency": "rate",
    "event_rate": "rate",
    "survival": "Kaplan-Meier median",
}
REASONS: Mapping[str, str] = {
    "bot": "by bots",
    "left_truncated": "left-truncated (may be from before collection)",
    "outside_coverage": "outside coverage",
    "negative": "negative on this clock",
    "unknown_start": "without a known start",
    "failed_in_production": "failed in production",
    "failed_before_production": "failed before production",
    "cancelled": "cancelled",
    "not_production": "to other environments",
    "incidents_not_collected": "of services without an incident source",
    "no_incident": "without an incident",
    "short_history": "without 90 collected days behind them",
    "tickets_not_collected": "from a time without a ticket source",
    "runs_not_collected": "from a time without a source of runs",
    "dry_run": "dry runs",
    "repeated": "repeated within 30 minutes",
    "unfinished": "not finished",
    "pending": "too young to say",
    "no_team": "without a team",
    "no_finish_time": "without a finish time",
    "way_unknown": "whose way is not known",
    "engineers_unknown": "of teams whose engineers are not known",
    "incomplete": "whose later month is not over",
}
NO_SOURCE: Mapping[str, str] = {
    "deployments": "no deployment source",
    "changes": "no change source",
    "incidents": "no incident source",
    "tickets": "no ticket source",
    "action_runs": "no source of self-service runs",
}
