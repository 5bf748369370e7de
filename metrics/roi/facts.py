"""Rows of a snapshot, counted by quarter and team, and the same for the time before the platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from metrics.ground import as_of, day_of
from metrics.quarters import Quarter, quarter_of
from metrics.roi.config import Config
from metrics.roi.lines import UNALLOCATED
from metrics.roi.scenario import Scenario
from metrics.roi.spans import InputRow, Span, Window, input_rows, spans_in
from metrics.scope import Snapshot, fetch, run
from metrics.uncertainty import Floats

_COUNTED = ("runs", "tickets", "engineers", "team_cover", "service_cover", "failures", "incidents", "charges")
_WHOLE = ("teams", "services", "adopters")


@dataclass(frozen=True)
class Facts:
    """Everything that the model reads, once, for all quarters up to the reported one.

    ``by_quarter`` and ``before`` hold the same tables, the one by quarter, the other for the baseline.
    """

    config: Config
    currency: str
    baseline: Window
    by_quarter: Mapping[str, pd.DataFrame]
    before: Mapping[str, pd.DataFrame]
    whole: Mapping[str, pd.DataFrame]
    known_until: date
    inputs: Sequence[InputRow]
    _spans: dict[Window, Sequence[Span]] = field(default_factory=dict)

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """Every team in alphabetical order, then what belongs to none."""
        tables = [*self.by_quarter.values(), *self.before.values(), self.whole["teams"]]
        found = {str(team) for table in tables if "team_id" in table for team in table["team_id"].unique()}
        return (*sorted(found - {"unassigned", UNALLOCATED}), UNALLOCATED)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of every team in ``scopes``."""
        return {scope: place for place, scope in enumerate(self.scopes)}

    def inputs_in(self, window: Window) -> Sequence[Span]:
        """The inputs that touch a window."""
        if window not in self._spans:
            self._spans[window] = list(spans_in(self.inputs, window))
        return self._spans[window]

    def of(self, quarter: Quarter, scenario: Scenario | None = None) -> "QuarterFacts":
        """The facts of one quarter, as it was or as a scenario has it."""
        return QuarterFacts(self, quarter, scenario)


@dataclass(frozen=True)
class QuarterFacts:
    """One quarter's counts beside those of the baseline, aligned with ``scopes``."""

    facts: Facts
    quarter: Quarter
    scenario: Scenario | None = None
    _rows: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.facts.scopes

    @property
    def window(self) -> Window:
        """The days of the quarter."""
        return Window(self.quarter.start, self.quarter.end)

    @property
    def passed_share(self) -> float:
        """The share of the quarter, 0 to 1, that has passed."""
        passed = (min(self.quarter.end, self.facts.known_until) - self.quarter.start).days
        return max(0, passed) / self.window.days

    @property
    def has_baseline(self) -> bool:
        """Whether the baseline lies before the quarter; a quarter is never compared with itself."""
        return self.facts.baseline.end <= self.quarter.start

    def now(self, table: str) -> pd.DataFrame:
        """The table's rows of this quarter."""
        if table not in self._rows:
            frame = self.facts.by_quarter[table]
            self._rows[table] = frame[frame["period_start"] == self.quarter.start]
        return self._rows[table]

    def before(self, table: str) -> pd.DataFrame:
        """The table's rows of the baseline."""
        return self.facts.before[table]

    def covered_share(self, resource: str) -> Floats:
        """The share of the quarter, 0 to 1, of which a team's tickets or runs are known."""
        return self.sums(self.now("team_cover"), resource) / self.window.days

    def sums(self, frame: pd.DataFrame, column: str) -> Floats:
        """The column's sum per scope, 0 where a scope has no row."""
        places, unallocated = self.facts.places, len(self.scopes) - 1
        at = [places.get(team, unallocated) for team in frame["team_id"]]
        weights = frame[column].to_numpy(dtype=np.float64)
        return np.bincount(np.array(at, dtype=np.int64), weights, len(self.scopes)).astype(np.float64)


def load_facts(snapshot: Snapshot, quarter: Quarter, config: Config) -> Facts:
    """The facts of all quarters up to ``quarter``."""
    baseline = _baseline(snapshot, quarter, config)
    bound = {
        "as_of": as_of(snapshot),
        "recovery_cap_hours": config.recovery_cap_hours,
        "golden_path_share": config.golden_path_share,
        "team_tag": config.team_tag,
        "service_tag": config.service_tag,
    }
    history = bound | {"period": "quarter", "start": date(1900, 1, 1), "end": quarter.end}
    before = bound | {"period": "window", "start": baseline.start, "end": baseline.end}
    return Facts(
        config=config,
        currency=str(snapshot.settings.get("currency", "EUR")),
        baseline=baseline,
        by_quarter={name: rows(snapshot, name, history) for name in _COUNTED},
        before={name: rows(snapshot, name, before) for name in _COUNTED},
        whole={name: rows(snapshot, name, bound) for name in _WHOLE},
        known_until=day_of(snapshot),
        inputs=input_rows(run(snapshot, _query("inputs"), {}).to_pylist()),
    )


def rows(snapshot: Snapshot, name: str, bound: Mapping[str, Any]) -> pd.DataFrame:
    """The rows of the query of this name in `metrics.roi.rows`."""
    return fetch(snapshot, _query(name), bound)


def _query(name: str) -> str:
    return files("metrics.roi.rows").joinpath(f"{name}.sql").read_text()


def _baseline(snapshot: Snapshot, quarter: Quarter, config: Config) -> Window:
    if config.baseline_from and config.baseline_to:
        return Window(config.baseline_from, config.baseline_to)
    first = rows(snapshot, "first_day", {})["day"].iloc[0]
    if first is None or pd.isna(first):
        return Window(quarter.start, quarter.end)
    found = quarter_of(first, quarter.start_month)
    if found.start < first:
        found = quarter_of(found.end, quarter.start_month)
    return Window(found.start, found.end)
