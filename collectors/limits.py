"""When an answer means "too many requests", how long to wait before asking again, and waiting together."""

import math
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from collectors.errors import RetryableError

_SAYS_LIMIT = re.compile(r"rate limit|abuse", re.IGNORECASE)
_LIMIT_WITHOUT_HINT_SECONDS = 60.0
_FAILURE_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 600.0
_SECONDS_SINCE_1970_FROM = 1_000_000_000


def is_limited(status: int, headers: Mapping[str, str], text: str) -> bool:
    """Whether an answer means a limit and not a missing right.

    GitHub answers 403 for its primary limit (nothing remaining), and for the secondary ones with
    ``Retry-After``, with ``gh-limited-by``, or with nothing but the words of its message:
    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (2022-11-28).
    """
    if status != 403:
        return status == 429
    return (
        "retry-after" in headers
        or "gh-limited-by" in headers
        or _remaining(headers) == "0"
        or says_limit(text)
    )


def says_limit(text: str) -> bool:
    """Whether the words of a message speak of a limit."""
    return _SAYS_LIMIT.search(text) is not None


def wait_seconds(status: int, headers: Mapping[str, str], attempt: int, now: float) -> float:
    """Seconds to wait after failure number ``attempt``; what the server says comes first.

    Without a word from the server: a minute after a limit, a second after a failure, doubled each time.
    """
    at_server = _instant(headers.get("date", ""))
    said = _said(headers, at_server if at_server is not None else now)
    if said is not None:
        return said
    first = _LIMIT_WITHOUT_HINT_SECONDS if status in (403, 429) else _FAILURE_SECONDS
    return min(_LONGEST_BACKOFF_SECONDS, first * (1 << (attempt - 1)))


def seconds_until_reset(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until there are requests again; ``None`` where some are left or the headers do not say."""
    at_server = _instant(headers.get("date", ""))
    return _until_reset(headers, at_server if at_server is not None else now)


class Gate:
    """The moment before which nothing is to be asked of a source, shared by the threads that ask.

    Raises `RetryableError` in place of waiting longer than ``longest`` seconds.
    """

    def __init__(
        self, source: str, clock: Callable[[], float], sleep: Callable[[float], None], longest: float
    ) -> None:
        self._source, self._clock, self._sleep, self._longest = source, clock, sleep, longest
        self._until = 0.0
        self._lock = threading.Lock()

    def close(self, seconds: float) -> None:
        """Let nobody through for so long."""
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)

    def wait(self) -> None:
        """Come back when the source may be asked."""
        while (seconds := (until := self._until) - self._clock()) > 0:
            if seconds > self._longest:
                raise RetryableError(
                    f"{self._source}: its limit of requests is used up for {seconds / 60:,.0f} minutes. "
                    "Collect again then; what was stored stays, and the next run goes on from there.",
                    retry_after_seconds=seconds,
                    is_limit=True,
                )
            self._sleep(math.ceil(seconds))
            self._passed(until)

    def _passed(self, until: float) -> None:
        """This wait is over, whatever the clock says (another thread may have begun a longer one)."""
        with self._lock:
            if self._until == until:
                self._until = 0.0


def _said(headers: Mapping[str, str], now: float) -> float | None:
    """What the headers ask for; instants are compared with the server's own clock, where it shows it."""
    after = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", after):
        return float(after)
    if (instant := _instant(after)) is not None:
        return max(0.0, instant - now)
    return _until_reset(headers, now)


def _until_reset(headers: Mapping[str, str], now: float) -> float | None:
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", "")).strip()
    if _remaining(headers) != "0" or not reset.isdecimal():
        return None
    # The second that is named is the last one of the window.
    seconds = int(reset) - now if int(reset) >= _SECONDS_SINCE_1970_FROM else int(reset)
    return max(0.0, float(seconds)) + 1


def _remaining(headers: Mapping[str, str]) -> str:
    return headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining", "")).strip()


def _instant(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date; ``None`` where the text is not one."""
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
