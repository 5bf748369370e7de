"""What a quarterly report says, as numbers: one edition holds all that its files are written from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dashboards.report.files import Stamp
from dashboards.words.locale import DEFAULT
from metrics.catalog import CATALOG, FIVE_KEYS, Metric
from metrics.compute import compute
from metrics.quarters import Quarter
from metrics.roi.lines import Kind
from metrics.roi.result import BASES, RoiResult
from metrics.scope import Snapshot
from metrics.trust import SourceState, Verdict, verdict_on

ADOPTION = (
    *("team_adoption_rate", "self_service_share", "golden_path_share", "fallback_rate", "how_to_ticket_rate"),
    *("activation_rate", "time_to_first_deployment", "request_latency", "action_success_rate"),
)
GROUPS = {"Delivery": FIVE_KEYS, "Adoption": ADOPTION}


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of the whole organisation in the quarter and the one before; ``None`` is not available."""

    group: str
    metric: Metric
    value: float | None
    low: float | None
    high: float | None
    n: int
    status: str
    previous: float | None
    verdict: Verdict
    stamps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of the ledger a figure was taken from."""

    number: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class PastNet:
    """The net of the widest headline in a quarter, as it was frozen."""

    period: str
    version: int
    net: Decimal
    p10: Decimal
    p90: Decimal


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """What a change did to a line, in the order in which the changes are applied."""

    line_id: str
    in_headline: bool
    step: int
    why: str
    old: Decimal
    new: Decimal

    @property
    def change(self) -> Decimal:
        """New less old."""
        return self.new - self.old


class Told:
    """The money of a quarter, and which lines the trust gate refuses to print.

    ``accepted`` is why figures are told that the gate refuses; empty: they are not.
    """

    __slots__ = ()
    result: RoiResult
    states: tuple[SourceState, ...]
    accepted: str

    @property
    def quarter(self) -> Quarter:
        return self.result.quarter

    @property
    def refused(self) -> tuple[Kind, ...]:
        """Lines whose amounts the gate refuses to print."""
        return () if self.accepted else refused_lines(self.result, self.states)

    def is_refused(self, basis: str) -> bool:
        """Whether a headline would hold a line that is refused."""
        classes = {*BASES[basis], "cost"}
        return any(kind.class_ in classes for kind in self.refused)


@dataclass(frozen=True, slots=True)
class Edition(Told):
    """A quarter's report before it is text.

    ``zone`` is the reporting zone, in which times are told; ``locale`` is how figures are written for people.
    """

    organisation: str
    stamp: Stamp
    version: int
    result: RoiResult
    states: tuple[SourceState, ...]
    measures: tuple[Measure, ...]
    as_of: datetime
    is_demo: bool
    is_preview: bool
    zone: str = "UTC"
    locale: str = DEFAULT
    accepted: str = ""
    reason: str = ""
    versions: dict[str, Version] = field(default_factory=dict)
    past: tuple[PastNet, ...] = ()
    bridge: tuple[BridgeStep, ...] = ()


def refused_lines(result: RoiResult, states: Sequence[SourceState]) -> tuple[Kind, ...]:
    """Lines that rest on a source which the gate refuses."""
    kinds = (total.kind for total in result.totals)
    return tuple(kind for kind in kinds if verdict_on(states, kind.needs)[0] == "refused")


def measures_of(
    snapshot: Snapshot, quarter: Quarter, states: Sequence[SourceState], accepted: str = ""
) -> tuple[Measure, ...]:
    """The five keys and adoption in the quarter, by group; those that the catalogue has."""
    return tuple(
        _measure(snapshot, quarter, states, accepted, group, name)
        for group, names in GROUPS.items()
        for name in names
        if name in CATALOG
    )


def _measure(
    snapshot: Snapshot, quarter: Quarter, states: Sequence[SourceState], accepted: str, group: str, name: str
) -> Measure:
    metric = CATALOG[name]
    before, now = _figures(snapshot, name, quarter)
    verdict, stamps = verdict_on(states, metric.needs)
    is_printed = verdict != "refused" or bool(accepted)
    low, value, high = (_number(now.get(key)) if is_printed else None for key in ("low", "value", "high"))
    return Measure(
        group,
        metric,
        value,
        low,
        high,
        int(now.get("n", 0)),
        str(now.get("status", "not_collected")),
        _number(before.get("value")),
        verdict,
        stamps,
    )


def _figures(snapshot: Snapshot, name: str, quarter: Quarter) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metric's cells of the quarter before and of the quarter."""
    start = quarter.previous.start
    frame = compute(name, snapshot, start, quarter.end, by="organisation", period="quarter")
    cells = {cell["period_start"]: cell for _, cell in frame.iterrows()}
    before, now = (dict(cells.get(day, {})) for day in (start, quarter.start))
    return before, now


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def stamps_of(states: Iterable[SourceState]) -> tuple[str, ...]:
    """What is not well with the sources, by resource."""
    return tuple(state.stamp for state in states if state.stamp)
