"""How lists of PagerDuty go on: by offset, which ends at 10,000, inside windows of time, at most six months.

https://developer.pagerduty.com/docs/pagination (classic pagination: offset and limit together at most 10,000)
and "List incidents" of the REST API v2 (``since`` to ``until`` at most six months).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from collectors.errors import FatalError
from collectors.exchange import Response
from collectors.pagination import Position, at
from collectors.rest import utc_text
from collectors.times import moment

MOST = 10_000
SPAN = timedelta(days=180)
PAGE = 100


@dataclass(frozen=True, slots=True)
class Windows:
    """Pages of a window of time, oldest first, then of the next window, until ``now``.

    Where the offset would become too large, a window begins again at the last item that came. A list that
    comes ``newest_first`` has one window, which ends there. Items keep their place, so none is missed.
    """

    items: str
    now: datetime
    newest_first: bool = False
    most: int = MOST

    def first(self, since: datetime) -> dict[str, str]:
        """The end of the window that begins at a moment, for `collectors.rest.Edited.also`."""
        return {"until": utc_text(self.now if self.newest_first else min(since + SPAN, self.now))}

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place behind the items that came; the end of a window is followed by the next one."""
        asked = parse_qs(urlsplit(response.url).query)
        since, until = asked["since"][0], asked["until"][0]
        following = int(asked.get("offset", ["0"])[0]) + n_items
        if n_items and _has_more(response, following):
            if following + PAGE <= self.most:
                return _place(since, until, following)
            return self._cut(since, until, response)
        if self.newest_first or until >= utc_text(self.now):
            return None
        return _place(until, utc_text(min(moment(until) + SPAN, self.now)))

    def _cut(self, since: str, until: str, response: Response) -> Position:
        last = moment(at(response.data, self.items)[-1]["created_at"])
        if self.newest_first:
            window = since, utc_text(last + timedelta(seconds=1))
        else:
            window = utc_text(last), until
        if window == (since, until):
            raise FatalError(
                f"{urlsplit(response.url).path}: more than {self.most:,} items within a second. Collect some "
                "`services` only."
            )
        return _place(*window)


def _place(since: str, until: str, offset: int = 0) -> Position:
    return Position(params={"since": since, "until": until, "offset": str(offset)})


def _has_more(response: Response, following: int) -> bool:
    """PagerDuty says ``more``; ``total`` comes only where it is asked for."""
    more, total = at(response.data, "more"), at(response.data, "total")
    return more if isinstance(more, bool) else isinstance(total, int) and total > following
