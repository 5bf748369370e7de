"""Links to pages with window and filter, as the pages themselves write them into the URL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from dashboards.digest.period import Period
from dashboards.words.windows import quarter_label
from metrics.quarters import Quarter


@dataclass(frozen=True, slots=True)
class Address:
    """Where people open the pages; ``base`` is empty where that is not known, and then so is every link."""

    base: str
    teams: Sequence[str] = ()

    def of_period(self, page: str, period: Period) -> str:
        """A page that looks at the period."""
        if period.cadence == "quarterly":
            return self.of_quarter(page, period.quarter)
        days = [period.start.isoformat(), (period.end - timedelta(days=1)).isoformat()]
        return self._link(page, {"period": "Custom period", "days": days})

    def of_quarter(self, page: str, quarter: Quarter) -> str:
        """A page that looks at a quarter."""
        return self._link(page, {"period": quarter_label(quarter.start, quarter.start_month)})

    def _link(self, page: str, asked: dict[str, str | list[str]]) -> str:
        if not self.base:
            return ""
        chosen = asked | ({"team": list(self.teams)} if self.teams else {})
        return f"{self.base.rstrip('/')}/{page}?{urlencode(chosen, doseq=True)}"
