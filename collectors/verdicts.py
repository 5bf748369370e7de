"""What a row would count as, and why not: one judge per table, for `payoff doctor`.

The judges say what the prepared facts will do with a row as far as the row itself shows it. Whether an
incident is charged to a deployment, and with it whether that deployment failed, is known once all is stored.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
IsProduction = Callable[[str], bool]
PRODUCTION, FAILURES = "production deployments", "failures"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A row counts as ``heading``, or for ``reason`` it does not; ``group`` is what like rows share."""

    heading: str
    group: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judge:
    """How a table is judged: by these columns, ``known`` ones only by whether they hold a value."""

    columns: tuple[str, ...]
    verdicts: Callable[[Row, IsProduction], Iterator[Verdict]]
    known: tuple[str, ...] = ()


def why_not_production(row: Row, is_production: IsProduction) -> str:
    """Why a deployment is no production deployment; empty if it is one."""
    status, reached = row["status"], row["reached_production"]
    if not is_production(row["environment"]):
        return "the environment is not configured as production"
    if status == "failure" and not reached:
        return "failed before production" if reached is False else "failed, and reached_production is empty"
    return {"cancelled": "cancelled", "in_progress": "still in progress"}.get(status, "")


def _deployment(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    reason = why_not_production(row, is_production)
    group = f"{row['environment']}, {row['status']}"
    yield Verdict(PRODUCTION, group, reason)
    if not is_production(row["environment"]):
        return
    if row["status"] == "failure":
        yield Verdict(FAILURES, f"{group}: the roll-out itself", reason)
    elif not reason and row["is_rollback"]:
        yield Verdict(FAILURES, f"{row['environment']}, rolled back: the deployment that is taken back")
    elif not reason and row["is_hotfix"]:
        yield Verdict(FAILURES, f"{row['environment']}, hotfix: the deployment that is repaired")


def _incident(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    cause = row["cause"] or "unknown"
    group = f"severity {row['severity'] or 'unknown'}, cause {cause}"
    yield Verdict("incidents", group)
    if cause not in ("change", "unknown"):
        yield Verdict(FAILURES, group, f"caused by {cause.replace('_', ' ')}, not by a change")
    elif row["deployment_id"]:
        yield Verdict(FAILURES, f"incident, cause {cause}: the deployment that it names")
    elif row["service_id"]:
        yield Verdict(FAILURES, f"incident, cause {cause}: the deployment that was running, if any")
    else:
        yield Verdict(FAILURES, group, "names neither a service nor a deployment")


def _ticket(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    group = f"queue {row['queue'] or 'unknown'}, action {row['action'] or 'none'}"
    if row["type"] == "other":
        yield Verdict("tickets of a type that counts", group, "no rule gives it another type than other")
    else:
        yield Verdict(f"tickets of type {row['type']}", group)


def _run(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    group = f"{row['action']}, {row['status']}"
    yield Verdict("self-service runs", group, "a dry run" if row["dry_run"] else "")


def _change(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    if row["is_bot"]:
        yield Verdict("changes", "by a bot", "bots are left out")
    elif row["merged_at"]:
        yield Verdict("changes", "merged; counts with its first production deployment")
    elif row["closed_at"]:
        yield Verdict("changes", "closed", "closed without being merged")
    else:
        yield Verdict("changes", "open", "still open")


def _build(row: Row, is_production: IsProduction) -> Iterator[Verdict]:
    yield Verdict("builds", f"{row['job'] or 'no job'}, {row['status']}")


JUDGES: Mapping[str, Judge] = {
    "deployments": Judge(
        ("environment", "status", "reached_production", "is_rollback", "is_hotfix"), _deployment
    ),
    "incidents": Judge(("severity", "cause"), _incident, known=("service_id", "deployment_id")),
    "tickets": Judge(("type", "queue", "action"), _ticket),
    "action_runs": Judge(("action", "status", "dry_run"), _run),
    "changes": Judge(("is_bot",), _change, known=("merged_at", "closed_at")),
    "builds": Judge(("job", "status"), _build),
}
