"""The money of a quarter with the verdicts on its sources, and what the ledger says for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dashboards.questions.published import Published
from dashboards.report.edition import Told
from dashboards.words.windows import Window
from metrics.quarters import Quarter, quarter_of
from metrics.roi.door import roi
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.result import RoiResult
from metrics.roi.scenario import Scenario
from metrics.trust import SourceState, Trust, source_states
from warehouse.ledger import Entry, Ledger
from warehouse.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Money(Told):
    """A quarter's result with the verdicts on its sources."""

    result: RoiResult
    states: tuple[SourceState, ...]
    is_over: bool
    accepted: str = ""

    @property
    def is_known(self) -> bool:
        """Whether any line could be computed."""
        return bool(self.result.totals)


def quarter_shown(published: Published, window: Window) -> Quarter:
    """The last quarter that is over by the window's end; the running one where the window lies inside it."""
    last = quarter_of(window.end - timedelta(days=1), published.quarter_start_month)
    is_whole, is_inside = last.end <= window.end, window.start >= last.start
    return last if is_whole or is_inside else last.previous


def money_in(published: Published, quarter: Quarter, accepted: str = "") -> Money:
    """The money of a quarter; ``accepted`` as in a frozen report.

    Raises
    ------
    metrics.errors.MetricError : it cannot be computed; the message says why and what helps.
    """
    result, states = result_in(published.snapshot, quarter), states_in(published.snapshot, quarter)
    return Money(result, states, quarter.end <= published.today, accepted)


def result_in(snapshot: Snapshot, quarter: Quarter, scenario: Scenario | None = None) -> RoiResult:
    """What the model answers, with the seed of the reports."""
    seed = int(_report_settings(snapshot).get("seed", 1))
    return roi(snapshot, quarter, assumptions_in(ledger_in(snapshot)), seed, scenario=scenario)


def states_in(snapshot: Snapshot, quarter: Quarter) -> tuple[SourceState, ...]:
    """The verdicts of the trust gate, as it is configured."""
    return source_states(snapshot, quarter, Trust(**_report_settings(snapshot).get("trust", {})))


def _report_settings(snapshot: Snapshot) -> Mapping[str, Any]:
    found: Mapping[str, Any] = snapshot.settings.get("report", {})
    return found


def held_versions(ledger: Ledger, quarter: Quarter) -> Mapping[str, Entry]:
    """What the ledger says for a quarter, by the figure's label."""
    held = ledger.in_force(quarter.last_day)
    return {key if scope == "*" else f"{key} of {scope}": held[key, scope] for key, scope in held}


def waiting_entries(ledger: Ledger) -> list[Entry]:
    """Versions that were proposed and neither approved nor rejected."""
    return [entry for name in ledger.by_name for entry in _proposed(ledger.versions(*name))]


def _proposed(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.state == "proposed"]
