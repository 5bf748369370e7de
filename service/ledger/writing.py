"""How an assumption is decided about: a checked version, a named decision."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Any

from metrics.roi.assumptions import parameter_of
from metrics.roi.ledger import assumption_of
from service.configuration.config import Settings
from service.decisions import new_edit, refuse_person
from service.errors import NoDataError, UsageError
from service.storage.snapshots import open_snapshot
from warehouse.coverage import EVERYTHING
from warehouse.decisions import Decision
from warehouse.ledger import Edit, Entry, Ledger, Values


class VersionError(UsageError):
    """A version that cannot be; ``problems`` maps each part of it that is wrong to the reason."""

    def __init__(self, message: str, problems: Mapping[str, str]) -> None:
        super().__init__(message)
        self.problems = dict(problems)


def draft(ledger: Ledger, key: str, scope_id: str, given: dict[str, Any]) -> Values:
    """Values for a new version: what is given, the rest as in the version that holds now.

    Raises
    ------
    VersionError : the first version of an assumption lacks something, or a person is named.
    metrics.roi.errors.AssumptionError : there is no such figure, or its values cannot be.
    """
    unit = parameter_of(key).unit
    held = ledger.in_force(date.max).get((key, scope_id))
    chosen = {name: value for name, value in given.items() if value is not None}
    values = _first(key, unit, chosen) if held is None else replace(held.values, **chosen)
    for name in ("source", "owner"):
        _refuse_person(name, getattr(values, name))
    assumption_of(key, scope_id, values)
    return values


def check_scope(settings: Settings, scope_id: str) -> None:
    """Refuse a team that the published data does not know; before there is any, every one is taken.

    Raises
    ------
    VersionError : there is no such team; the message names the nearest.
    """
    try:
        with open_snapshot(settings) as snapshot:
            teams = [str(team) for team in snapshot.sql("SELECT team_id FROM teams").column(0).to_pylist()]
    except NoDataError:
        return
    if scope_id != EVERYTHING and scope_id not in teams:
        near = get_close_matches(scope_id, teams, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(sorted(teams)) or 'none'}."
        reason = f"{scope_id!r}: there is no such team. {hint}"
        raise VersionError(f"--scope {reason}", {"scope_id": reason})


def _refuse_person(name: str, text: str) -> None:
    try:
        refuse_person(text)
    except UsageError as error:
        raise VersionError(f"--{name} {error}", {name: str(error)}) from error


def _first(key: str, unit: str, chosen: dict[str, Any]) -> Values:
    missing = [name for name in ("likely", "source", "owner", "valid_from") if name not in chosen]
    if missing:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        reason = "is missing; the first version of a figure needs it."
        raise VersionError(f"{key}: its first version also needs {options}.", dict.fromkeys(missing, reason))
    likely = chosen["likely"]
    return Values(**{"low": likely, "high": likely, "unit": unit, **chosen})


def new_version(
    key: str,
    scope_id: str,
    values: Values,
    decision: Decision,
    *,
    decided_by: str,
    now: datetime,
    note: str | None = None,
) -> Edit:
    """An edit that makes a version, proposed or in force at once."""
    return new_edit(decision, key, scope_id, decided_by=decided_by, now=now, values=values, note=note)


def decision_about(
    ledger: Ledger,
    entry: Entry,
    decision: Decision,
    *,
    decided_by: str,
    now: datetime,
    note: str | None = None,
) -> Edit:
    """An edit that approves or rejects a version, which it names by the edit that made it."""
    named = {"about": ledger.maker_of(entry), "note": note}
    return new_edit(decision, entry.key, entry.scope_id, decided_by=decided_by, now=now, **named)


def with_proposals_approved(ledger: Ledger) -> Ledger:
    """The ledger as if somebody approved every proposal."""
    proposals = [
        entry for key in ledger.by_name for entry in ledger.versions(*key) if entry.state == "proposed"
    ]
    return ledger.with_edits(
        decision_about(ledger, entry, "approve", decided_by="", now=datetime.now(UTC)) for entry in proposals
    )


def version_named(ledger: Ledger, key: str, scope_id: str, version: int | None) -> Entry:
    """A version of an assumption; without a number the newest.

    Raises
    ------
    UsageError : there is none.
    metrics.roi.errors.AssumptionError : the model has no such figure.
    """
    parameter_of(key)
    versions = ledger.versions(key, scope_id)
    found = [entry for entry in versions if version in (None, entry.version)]
    if not found:
        numbers = ", ".join(str(entry.version) for entry in versions) or "none"
        raise UsageError(f"{key} of {scope_id} has no version {version or 1}; there are: {numbers}.")
    return found[-1]
