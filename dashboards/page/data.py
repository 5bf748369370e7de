"""What pages read: the published snapshot, and its figures, remembered while it is open."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboards.access.here import require_here
from dashboards.places import DIRECTORY_VARIABLE
from dashboards.questions.published import Published
from dashboards.questions.remembered import own, remembered
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

EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Facts(Published):
    """An open snapshot whose answers are remembered for as long as it is open."""

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a small query of a page's own."""
        return remembered(self.snapshot, partial(Published.rows, self, sql, dict(parameters or {})))

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
        asked: dict[str, Any] = {"by": by, "period": period, "where": where, "minimum_n": minimum_n}
        return remembered(
            self.snapshot, partial(compute, name, self.snapshot, start, end, **asked, **parameters)
        )

    def spread(self, name: str, start: date, end: date, *, where: Filter = EVERYTHING) -> Distribution:
        """`metrics.distribution.distribution`, remembered."""
        asked: dict[str, Any] = {"year": self.report_year, "where": where}
        found = remembered(self.snapshot, partial(distribution, name, self.snapshot, start, end, **asked))
        return replace(found, services=own(found.services))

    def readings(self, start: date, end: date, *, where: Filter = EVERYTHING) -> list[Reading]:
        """The change fail rate by other definitions, remembered."""
        return remembered(
            self.snapshot, partial(change_fail_rate_readings, self.snapshot, start, end, where=where)
        )

    def waiting(self, *, where: Filter = EVERYTHING, limit: int = 500) -> pd.DataFrame:
        """Changes that are not in production yet, oldest first, remembered."""
        return remembered(self.snapshot, partial(open_changes, self.snapshot, where=where, limit=limit))

    def leakage(self, start: date, end: date, *, where: Filter = EVERYTHING) -> pd.DataFrame:
        """Tickets that should have been a run, by action and team, remembered."""
        return remembered(self.snapshot, partial(leakage, self.snapshot, start, end, where=where))

    def leaked_tickets(self, start: date, end: date, *, where: Filter = EVERYTHING) -> pd.DataFrame:
        """The newest tickets behind the leakage, newest first, remembered."""
        return remembered(self.snapshot, partial(leaked_tickets, self.snapshot, start, end, where=where))

    def cohorts(self, start: date, end: date, *, where: Filter = EVERYTHING) -> pd.DataFrame:
        """`metrics.cohorts.cohorts`, remembered."""
        return remembered(self.snapshot, partial(cohorts, self.snapshot, start, end, where=where))

    def deflection(
        self, before: tuple[date, date], after: tuple[date, date], *, where: Filter = EVERYTHING
    ) -> Deflection:
        """`metrics.deflection.deflection`, remembered."""
        return remembered(self.snapshot, partial(deflection, self.snapshot, before, after, where=where))

    def evidence(self, name: str, start: date, end: date, **asked: Any) -> pd.DataFrame:
        """The rows behind a figure; asked for one cell at a time, so not remembered."""
        return evidence(name, self.snapshot, start, end, **asked)

    def roles(self, name: str, start: date, end: date, **asked: Any) -> pd.Series:
        """`metrics.evidence.roles`, remembered."""
        return remembered(self.snapshot, partial(roles, name, self.snapshot, start, end, **asked))


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
        return Facts(_open(key, str(path)))
    except SnapshotError:
        # A publication in between has removed the file that the pointer named.
        return Facts(Snapshot.open(directory))


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(key: str, path: str) -> Snapshot:
    return Snapshot.open(path)
