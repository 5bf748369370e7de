"""What a change of assumptions does to the last report: its headlines and lines before and after."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from metrics.ground import day_of
from metrics.quarters import Quarter, quarter_named, quarter_of
from metrics.roi.assumptions import Assumption
from metrics.roi.door import roi
from metrics.roi.ledger import assumptions_in
from metrics.roi.result import RoiResult
from service.configuration.config import Settings
from service.reports.frozen import frozen_reports
from service.storage.snapshots import open_snapshot
from warehouse.coverage import EVERYTHING
from warehouse.ledger import Edit, Ledger
from warehouse.publish import Snapshot


@dataclass(frozen=True, slots=True)
class Change:
    """A headline or a line of the last report before and after; ``None`` could not be computed."""

    name: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What would differ in a quarter if the change had held in it. ``starts_on``: when it does begin to."""

    quarter: Quarter
    currency: str
    starts_on: date
    changes: tuple[Change, ...]

    @property
    def is_later(self) -> bool:
        """Whether the change only holds after that quarter."""
        return self.starts_on >= self.quarter.end


def effect_of(settings: Settings, before: Ledger, edits: list[Edit]) -> Effect:
    """The effect of edits on the last frozen quarter, else on the last one that is over, with today's data.

    A proposal is taken as approved, and a later first day as if it lay in the quarter.

    Raises
    ------
    NoDataError : nothing is published yet.
    metrics.errors.MetricError : the money of the quarter cannot be computed.
    """
    with open_snapshot(settings) as snapshot:
        quarter = _last_quarter(settings, snapshot)
        after = before.with_edits(
            replace(e, decision="edit") if e.decision == "propose" else e for e in edits
        )
        changed = {(edit.key, edit.scope_id) for edit in edits}
        held = after.in_force(date.max)
        starts = [held[name].values.valid_from for name in changed if name in held]
        seed = settings.report.seed
        old = roi(snapshot, quarter, assumptions_in(before), seed)
        new = roi(snapshot, quarter, list(_as_if_it_held(after, quarter, changed)), seed)
    changes = tuple(change for change in _changes(old, new) if change.before != change.after)
    return Effect(quarter, new.currency, max(starts, default=quarter.start), changes)


def _last_quarter(settings: Settings, snapshot: Snapshot) -> Quarter:
    month = settings.organisation.quarter_start_month
    frozen = [quarter_named(f.manifest.period, month) for f in frozen_reports(settings)]
    if frozen:
        return max(frozen, key=lambda quarter: quarter.start)
    return quarter_of(day_of(snapshot), month).previous


def _as_if_it_held(ledger: Ledger, quarter: Quarter, changed: set[tuple[str, str]]) -> Iterator[Assumption]:
    """The assumptions; of a changed one that begins later the newest is moved to the quarter's last day."""
    held = ledger.in_force(date.max)
    later = {name for name in changed & held.keys() if held[name].values.valid_from >= quarter.end}
    for assumption in assumptions_in(ledger):
        name, since = (assumption.key, assumption.scope_id or EVERYTHING), assumption.valid_from
        if name not in later:
            yield assumption
        elif since == held[name].values.valid_from:
            yield replace(assumption, valid_from=quarter.last_day)
        elif since is None or since < quarter.last_day:
            yield assumption


def _changes(old: RoiResult, new: RoiResult) -> Iterator[Change]:
    for was, now in zip(old.headlines, new.headlines, strict=True):
        yield Change(f"net, {was.basis.replace('_', ' ')}", was.net.point, now.net.point)
    points = [{total.kind.line_id: total.amount.point for total in r.totals} for r in (old, new)]
    names = {total.kind.line_id: total.kind.name for r in (old, new) for total in r.totals}
    for line, name in names.items():
        yield Change(f"{line} {name}", points[0].get(line), points[1].get(line))
