"""Windows of days, and the rows of inputs that lie in them.

A row is for the days ``[from_on, to_on)`` and counts by the share of them that lies in the window. A row
without ``to_on`` is per quarter, and holds until the next one of its line and scope begins.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

_DAYS_PER_QUARTER = 365.25 / 4
_EVER, _NEVER = pd.Timestamp(1900, 1, 1), pd.Timestamp(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Local days ``[start, end)``."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def quarters(self) -> float:
        """How many quarters it has: whole months count alike, whatever their days."""
        if self.start.day == self.end.day == 1:
            months = 12 * (self.end.year - self.start.year) + self.end.month - self.start.month
            return months / 3
        return self.days / _DAYS_PER_QUARTER

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{(self.end - timedelta(days=1)).isoformat()}"


def touching(inputs: pd.DataFrame, window: Window) -> pd.DataFrame:
    """The rows that touch a window, with ``name``, ``share`` and ``covered``."""
    frame = inputs.assign(name=inputs["line_id"].str.split(":").str[0])
    until = frame.groupby(["line_id", "scope_id"], dropna=False)["from_on"].shift(-1)
    is_open = frame["to_on"].isna()
    starts = pd.to_datetime(frame["from_on"]).fillna(_EVER)
    ends = pd.to_datetime(frame["to_on"].where(~is_open, until)).fillna(_NEVER)
    first, last = pd.Timestamp(window.start), pd.Timestamp(window.end)
    inside = (ends.where(ends < last, last) - starts.where(starts > first, first)).dt.days.clip(lower=0)
    covered = inside / window.days
    own_days = (ends - starts).dt.days
    frame = frame.assign(share=(inside / own_days).where(~is_open, covered), covered=covered)
    found: pd.DataFrame = frame[inside > 0]
    return found
