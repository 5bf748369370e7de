"""A published snapshot as pages and digests read it: what it says of itself, and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.words.locale import DEFAULT
from dashboards.words.windows import Window, custom_at_first, default_name, offered_windows
from warehouse.snapshot import Snapshot

_FIRST_DAY = "SELECT min(day) AS day FROM service_days"


@dataclass(frozen=True, slots=True)
class Published:
    """An open snapshot."""

    snapshot: Snapshot

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.snapshot.settings

    @property
    def zone(self) -> str:
        return str(self.settings.get("reporting_zone", "UTC"))

    @property
    def locale(self) -> str:
        """How figures are written for people."""
        return str(self.settings.get("locale", DEFAULT))

    @property
    def quarter_start_month(self) -> int:
        return int(self.settings.get("quarter_start_month", 1))

    @property
    def report_year(self) -> int:
        return int(self.settings.get("report_year", 2024))

    @property
    def is_demo(self) -> bool:
        return bool(self.settings.get("is_demo", False))

    @property
    def as_of(self) -> datetime:
        """The instant up to which the snapshot speaks (aware)."""
        return datetime.fromisoformat(str(self.settings["as_of"]))

    @property
    def today(self) -> date:
        """The local day of ``as_of``."""
        return self.as_of.astimezone(ZoneInfo(self.zone)).date()

    @property
    def first_day(self) -> date:
        """The first day of which anything is known; today where nothing is."""
        found = self.rows(_FIRST_DAY)["day"].iloc[0]
        return found if isinstance(found, date) else self.today

    @property
    def windows(self) -> Mapping[str, Window]:
        """The windows that a reader may choose, by name."""
        return offered_windows(self.today, self.first_day, self.quarter_start_month)

    @property
    def windows_at_hand(self) -> Sequence[Window]:
        """Those by name, then what a custom period is at first: of all of them answers are kept."""
        return [*self.windows.values(), custom_at_first(self.today, self.first_day)]

    @property
    def default_window(self) -> str:
        """The name of the one that is shown at first."""
        return default_name(self.windows, self.today, self.first_day)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a small query."""
        frame: pd.DataFrame = self.snapshot.sql(sql, dict(parameters or {})).to_pandas(date_as_object=True)
        return frame
