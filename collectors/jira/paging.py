"""How the issues of Jira are asked for, newest first, and how a list of them goes on.

JQL reads a date like ``"2026/03/01 10:00"`` in the time zone of the account that asks, to the minute, so a
collector that writes UTC loses hours of edits. A number is milliseconds since 1970 in any zone, in Cloud
and Data Center; that is what is written here.
https://support.atlassian.com/jira-software-cloud/docs/jql-fields/ (Updated)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.exchange import Response
from collectors.pagination import Offset, Position, at
from collectors.times import moment

# Data Center fails behind the first 10,000 issues of a list (its search engine's max_result_window):
# https://support.atlassian.com/jira/kb/handling-jql-rest-api-searching-exceeding-max_result_window-in-jira
WINDOW = 9_000
_UNTIL = re.compile(r" AND updated <= \d+")


def jql(projects: Sequence[str], since: datetime) -> str:
    """The query for what was edited since, newest first."""
    keys = ", ".join('"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"' for key in projects)
    among = f"project in ({keys}) AND " if projects else ""
    return f"{among}updated >= {_milliseconds(since)} ORDER BY updated DESC"


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Window:
    """Pages by ``startAt``, begun anew at the last issue that was seen before the list gets too long."""

    items: str = "issues"
    size: int = WINDOW

    def next(self, current: Position, response: Response, n_items: int) -> Position | None:
        """The place behind the items that came; behind a full window, older issues from their beginning."""
        following = Offset("startAt").next(current, response, n_items)
        if following is None or int(following.params["startAt"]) < self.size:
            return following and Position(params={**_kept(current), **following.params})
        oldest = at(response.data, self.items)[-1]["fields"]["updated"]
        # A second more, because the search keeps seconds; what is read twice is stored once.
        until = _milliseconds(moment(oldest)) + 1000
        asked = parse_qs(urlsplit(response.url).query)["jql"][0]
        older = _UNTIL.sub("", asked).replace(" ORDER BY", f" AND updated <= {until} ORDER BY")
        return Position(params={"jql": older, "startAt": "0"})


def _kept(current: Position) -> Mapping[str, Any]:
    return {name: value for name, value in current.params.items() if name == "jql"}
