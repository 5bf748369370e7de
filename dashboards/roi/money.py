"""The money of a quarter as pages read it: computed once for a snapshot, a quarter and a scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.page.data import Facts
from dashboards.report.edition import refused_lines
from dashboards.words.windows import Window
from metrics.quarters import Quarter, quarter_of
from metrics.roi.assumptions import in_force
from metrics.roi.door import roi
from metrics.roi.evidence import line_evidence
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.lines import Kind
from metrics.roi.result import BASES, RoiResult
from metrics.roi.scenario import Scenario
from metrics.roi.spans import Window as Days
from metrics.trust import SourceState, Trust, source_states
from warehouse.ledger import Entry, Ledger
from warehouse.publish import Snapshot

_ENTRIES = 128


@dataclass(frozen=True, slots=True)
class Money:
    """A quarter's result with the verdicts on its sources; satisfies `report_edition.Told`."""

    result: RoiResult
    states: tuple[SourceState, ...]
    is_over: bool

    @property
    def quarter(self) -> Quarter:
        return self.result.quarter

    @property
    def refused(self) -> tuple[Kind, ...]:
        """Lines whose amounts the trust gate refuses to print."""
        return refused_lines(self.result, self.states)

    def is_refused(self, basis: str) -> bool:
        """Whether a headline would hold a line that is refused."""
        classes = {*BASES[basis], "cost"}
        return any(kind.class_ in classes for kind in self.refused)

    @property
    def is_known(self) -> bool:
        """Whether any line could be computed."""
        return bool(self.result.totals)


def quarter_shown(facts: Facts, window: Window) -> Quarter:
    """The last quarter that is over by the window's end; the running one where the window lies inside it."""
    last = quarter_of(window.end - pd.Timedelta(days=1).to_pytimedelta(), facts.quarter_start_month)
    is_whole, is_inside = last.end <= window.end, window.start >= last.start
    return last if is_whole or is_inside else last.previous


def money_of(facts: Facts, quarter: Quarter, scenario: Scenario | None = None) -> Money:
    """The money of a quarter, remembered.

    Raises
    ------
    metrics.errors.MetricError : it cannot be computed; the message says why and what helps.
    """
    result = _result(facts.key, facts.snapshot, quarter, scenario)
    return Money(result, _states(facts.key, facts.snapshot, quarter), quarter.end <= facts.today)


def ledger_of_page(facts: Facts) -> Ledger:
    """The ledger that the snapshot was published with, remembered."""
    return _ledger(facts.key, facts.snapshot)


def evidence_of(facts: Facts, line_id: str, quarter: Quarter, baseline: Days) -> pd.DataFrame:
    """`metrics.roi.evidence.line_evidence`; asked for one line at a time, so not remembered."""
    return line_evidence(facts.snapshot, line_id, quarter, baseline)


def held_versions(ledger: Ledger, quarter: Quarter) -> Mapping[str, Entry]:
    """What the ledger says for a quarter, by the figure's label."""
    held = ledger.in_force(quarter.last_day)
    return {key if scope == "*" else f"{key} of {scope}": held[key, scope] for key, scope in held}


def stated_likely(facts: Facts, quarter: Quarter, key: str) -> float | None:
    """The likely value of a figure that the ledger states for a quarter; ``None`` where it states none."""
    found = in_force(assumptions_in(ledger_of_page(facts)), quarter.end)
    return found[key, None].likely if (key, None) in found else None


def _report_settings(snapshot: Snapshot) -> Mapping[str, Any]:
    found: Mapping[str, Any] = snapshot.settings.get("report", {})
    return found


@st.cache_data(max_entries=_ENTRIES, show_spinner="Computing the money of the quarter …")
def _result(key: str, _snapshot: Snapshot, quarter: Quarter, scenario: Scenario | None) -> RoiResult:
    seed = int(_report_settings(_snapshot).get("seed", 1))
    return roi(_snapshot, quarter, assumptions_in(ledger_in(_snapshot)), seed, scenario=scenario)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _states(key: str, _snapshot: Snapshot, quarter: Quarter) -> tuple[SourceState, ...]:
    trust = Trust(**_report_settings(_snapshot).get("trust", {}))
    return source_states(_snapshot, quarter, trust)


@st.cache_data(max_entries=4, show_spinner=False)
def _ledger(key: str, _snapshot: Snapshot) -> Ledger:
    return ledger_in(_snapshot)
