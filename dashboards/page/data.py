"""What pages read: the published snapshot, and its figures, kept per snapshot."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.access.here import require_here
from dashboards.page.published import Published
from dashboards.places import DIRECTORY_VARIABLE
from metrics.alternatives import Reading, change_fail_rate_readings
from metrics.cohorts import cohorts
from metrics.compute import compute
from metrics.deflection import Deflection, deflection
from metrics.distribution import Distribution, distribution
from metrics.evidence import evidence, roles
from metrics.leakage import leakage, leaked_tickets
from metrics.open_changes import open_changes
from metrics.scope import By, Filter, Period
from warehouse.errors import SnapshotError
from warehouse.publish import Snapshot
from warehouse.snapshot import read_pointer

_ENTRIES = 1024
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Facts(Published):
    """An open snapshot and the key under which what was computed from it is kept."""

    key: str

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a small query of a page's own."""
        return _rows(self.key, self.snapshot, sql, dict(parameters or {}))

    def figures(
        self,
        name: str,
        start: date,
        end: date,
        *,
        by: By = "organisation",
        period: Period = "window",
        where: Filter = EVERYTHING,
        minimum_n: int | None = None,
        **parameters: Any,
    ) -> pd.DataFrame:
        """`metrics.compute.compute`, remembered."""
        return _figures(self.key, self.snapshot, name, start, end, by, period, where, minimum_n, parameters)

    def spread(self, name: str, start: date, end: date, *, where: Filter = EVERYTHING) -> Distribution:
        """`metrics.distribution.distribution`, remembered."""
        return _spread(self.key, self.snapshot, name, start, end, self.report_year, where)

    def readings(self, start: date, end: date, *, where: Filter = EVERYTHING) -> list[Reading]:
        """The change fail rate by other definitions, remembered."""
        return _readings(self.key, self.snapshot, start, end, where)

    def waiting(self, *, where: Filter = EVERYTHING, limit: int = 500) -> pd.DataFrame:
        """Changes that are not in production yet, oldest first, remembered."""
        return _waiting(self.key, self.snapshot, where, limit)

    def leakage(self, start: date, end: date, *, where: Filter = EVERYTHING) -> pd.DataFrame:
        """Tickets that should have been a run, by action and team, remembered."""
        return _leakage(self.key, self.snapshot, start, end, where)

    def leaked_tickets(
        self, start: date, end: date, *, where: Filter = EVERYTHING, limit: int = 500
    ) -> pd.DataFrame:
        """The tickets behind the leakage, newest first, remembered."""
        return _leaked_tickets(self.key, self.snapshot, start, end, where, limit)

    def cohorts(self, start: date, end: date, *, where: Filter = EVERYTHING) -> pd.DataFrame:
        """`metrics.cohorts.cohorts`, remembered."""
        return _cohorts(self.key, self.snapshot, start, end, where)

    def deflection(
        self, before: tuple[date, date], after: tuple[date, date], *, where: Filter = EVERYTHING
    ) -> Deflection:
        """`metrics.deflection.deflection`, remembered."""
        return _deflection(self.key, self.snapshot, before, after, where)

    def evidence(self, name: str, start: date, end: date, **asked: Any) -> pd.DataFrame:
        """The rows behind a figure; asked for one cell at a time, so not remembered."""
        return evidence(name, self.snapshot, start, end, **asked)

    def roles(self, name: str, start: date, end: date, **asked: Any) -> pd.Series:
        """`metrics.evidence.roles`, remembered."""
        return _roles(self.key, self.snapshot, name, start, end, asked)


def open_facts() -> Facts | None:
    """The published snapshot, for a visitor who may read it; ``None`` where nothing is published yet.

    What was computed from it is remembered for all readers alike: whoever may read may read all of it.

    Raises
    ------
    DeniedError : the visitor may not read.
    SnapshotError : something is published and cannot be read.
    """
    require_here("read")
    directory = Path(os.environ.get(DIRECTORY_VARIABLE, "data/marts"))
    info = read_pointer(directory)
    if info is None:
        return None
    path = directory / info.file
    key = f"{path}@{info.published_at.isoformat()}"
    try:
        return Facts(_open(key, str(path)), key)
    except SnapshotError:
        # A publication in between has removed the file that the pointer named.
        return Facts(Snapshot.open(directory), f"{key}+")


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(key: str, path: str) -> Snapshot:
    return Snapshot.open(path)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _rows(key: str, _snapshot: Snapshot, sql: str, parameters: dict[str, Any]) -> pd.DataFrame:
    return Published(_snapshot).rows(sql, parameters)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _figures(
    key: str,
    _snapshot: Snapshot,
    name: str,
    start: date,
    end: date,
    by: By,
    period: Period,
    where: Filter,
    minimum_n: int | None,
    parameters: dict[str, Any],
) -> pd.DataFrame:
    asked: dict[str, Any] = {"by": by, "period": period, "where": where, "minimum_n": minimum_n}
    return compute(name, _snapshot, start, end, **asked, **parameters)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _spread(
    key: str, _snapshot: Snapshot, name: str, start: date, end: date, year: int, where: Filter
) -> Distribution:
    return distribution(name, _snapshot, start, end, year=year, where=where)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _readings(key: str, _snapshot: Snapshot, start: date, end: date, where: Filter) -> list[Reading]:
    return change_fail_rate_readings(_snapshot, start, end, where=where)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _waiting(key: str, _snapshot: Snapshot, where: Filter, limit: int) -> pd.DataFrame:
    return open_changes(_snapshot, where=where, limit=limit)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _leakage(key: str, _snapshot: Snapshot, start: date, end: date, where: Filter) -> pd.DataFrame:
    return leakage(_snapshot, start, end, where=where)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _leaked_tickets(
    key: str, _snapshot: Snapshot, start: date, end: date, where: Filter, limit: int
) -> pd.DataFrame:
    return leaked_tickets(_snapshot, start, end, where=where, limit=limit)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _cohorts(key: str, _snapshot: Snapshot, start: date, end: date, where: Filter) -> pd.DataFrame:
    return cohorts(_snapshot, start, end, where=where)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _deflection(
    key: str, _snapshot: Snapshot, before: tuple[date, date], after: tuple[date, date], where: Filter
) -> Deflection:
    return deflection(_snapshot, before, after, where=where)


@st.cache_data(max_entries=_ENTRIES, show_spinner=False)
def _roles(
    key: str, _snapshot: Snapshot, name: str, start: date, end: date, asked: dict[str, Any]
) -> pd.Series:
    return roles(name, _snapshot, start, end, **asked)
