"""What changed between a frozen report and a new one: a bridge whose steps add up to the cent.

The changes are applied to the old report one after the other: first the model as it is now, then every
changed assumption by name, at last the data with its configuration. Each step is what the amounts of the
lines did when it was added to those before.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from dashboards.report.edition import BridgeStep
from metrics.errors import MetricError
from metrics.roi.assumptions import Assumption
from metrics.roi.catalogue import LINES
from metrics.roi.door import roi
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.result import RoiResult
from warehouse.errors import SnapshotError
from warehouse.frozen import Frozen
from warehouse.publish import Snapshot

Amounts = Mapping[str, Decimal]
Stated = dict[tuple[str, str | None], tuple[Assumption, ...]]
_OF_AN_EDITION = ("report_id", "generated_at", "config_sha256")
_IN_HEADLINE = {kind.line_id: kind.is_in_headline for kind, _ in LINES}
_ZERO = Decimal("0.00")


def bridge_between(last: Frozen, snapshot: Snapshot, result: RoiResult) -> tuple[BridgeStep, ...]:
    """From the last frozen version to a result of today's data, model and assumptions."""
    changes = [*_replayed(last, snapshot, result), _data_change(last, snapshot, result)]
    before, steps = frozen_amounts(last), []
    for number, (why, after) in enumerate(changes, start=1):
        steps += [
            BridgeStep(line, _IN_HEADLINE.get(line, False), number, why, old, new)
            for line in sorted({*before, *after})
            for old, new in [(before.get(line, _ZERO), after.get(line, _ZERO))]
            if old != new
        ]
        before = after
    return tuple(steps)


def is_readable(frozen: Frozen, asked: RoiResult) -> bool:
    """Whether this version of Payoff can still work out what was asked from what a report was frozen with."""
    try:
        with Snapshot.open(frozen.snapshot) as kept:
            roi(kept, asked.quarter, assumptions_in(ledger_in(kept)), asked.seed)
    except (SnapshotError, duckdb.Error):
        return False
    except MetricError:
        return True
    return True


def _replayed(last: Frozen, snapshot: Snapshot, result: RoiResult) -> list[tuple[str, Amounts]]:
    """The model and the assumptions of today on the data of then; none where that cannot be read any more."""
    try:
        with Snapshot.open(last.snapshot) as old:
            return list(_steps(last, old, snapshot, result))
    except (SnapshotError, duckdb.Error, MetricError):
        return []


def _steps(
    last: Frozen, old: Snapshot, snapshot: Snapshot, result: RoiResult
) -> Iterator[tuple[str, Amounts]]:
    stated, wanted = _by_name(_frozen_assumptions(last)), _by_name(assumptions_in(ledger_in(snapshot)))
    # Even under the same version: an unnoticed change of the program must not look like one of a figure.
    yield _model_change(last, result), _amounts_with(old, result, stated)
    for name in sorted({*stated, *wanted}, key=str):
        if stated.get(name) != wanted.get(name):
            why = _change(name, stated.get(name, ()), wanted.get(name, ()))
            stated = {**stated, name: wanted.get(name, ())}
            yield why, _amounts_with(old, result, stated)


def _model_change(last: Frozen, result: RoiResult) -> str:
    before, after = last.manifest.model_version, result.model_version
    return f"model {before} to {after}" if before != after else f"another computation by model {after}"


def _data_change(last: Frozen, snapshot: Snapshot, result: RoiResult) -> tuple[str, Amounts]:
    why = f"data and configuration: snapshot {last.manifest.snapshot_version} to {snapshot.version}"
    return why, amounts_of(result)


def _amounts_with(snapshot: Snapshot, result: RoiResult, stated: Stated) -> Amounts:
    given = [assumption for versions in stated.values() for assumption in versions]
    return amounts_of(roi(snapshot, result.quarter, given, result.seed))


def amounts_of(result: RoiResult) -> Amounts:
    """The point of every line that is known."""
    return {total.kind.line_id: total.amount.point for total in result.totals}


def frozen_amounts(frozen: Frozen) -> Amounts:
    """The same of a frozen version, from its file."""
    amounts: dict[str, Decimal] = {}
    for row in _rows(frozen.texts[f"roi_lines_{frozen.manifest.period}.csv"]):
        if row["amount_point"]:
            amounts[row["line_id"]] = amounts.get(row["line_id"], _ZERO) + Decimal(row["amount_point"])
    return amounts


def _frozen_assumptions(frozen: Frozen) -> list[Assumption]:
    return [Assumption(**_with_days(values)) for values in frozen.inputs["assumptions"]]


def _with_days(values: Mapping[str, Any]) -> dict[str, Any]:
    since = values["valid_from"]
    return {**values, "valid_from": None if since is None else date.fromisoformat(since)}


def _by_name(assumptions: list[Assumption] | tuple[Assumption, ...]) -> Stated:
    found: Stated = {}
    for assumption in assumptions:
        name = (assumption.key, assumption.scope_id)
        found[name] = (*found.get(name, ()), assumption)
    return found


def _change(name: tuple[str, str | None], old: tuple[Assumption, ...], new: tuple[Assumption, ...]) -> str:
    label = name[0] if name[1] is None else f"{name[0]} of {name[1]}"
    return f"{label}: {_said(old)} to {_said(new)}"


def _said(versions: tuple[Assumption, ...]) -> str:
    """The newest of the versions, by its range."""
    if not versions:
        return "nothing stated"
    newest = max(versions, key=lambda assumption: assumption.valid_from or date.min)
    low, likely, high = (f"{value:,.10g}" for value in newest.range)
    return likely if low == high else f"{low} / {likely} / {high}"


def says_the_same(old: Mapping[str, bytes], new: Mapping[str, str]) -> bool:
    """Whether the CSV files that both have differ in nothing but which edition they are."""
    names = [name for name in new if name.endswith(".csv") and "bridge" not in name]
    return all(_content(old.get(name, b"")) == _content(new[name].encode()) for name in names)


def _content(text: bytes) -> list[dict[str, str]]:
    return [{k: v for k, v in row.items() if k not in _OF_AN_EDITION} for row in _rows(text)]


def _rows(text: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))
