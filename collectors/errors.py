"""What can go wrong while collecting.

    CollectorError
    ├── FatalError       stop this source: a bad token, a missing right, a repository that is not there
    ├── RetryableError   wait and try again: 429, 5xx, a connection that was reset
    └── SkippableError   count it, keep it, go on: one item that cannot be read

Every message says what happened, to which source and item, and what to do next. No message holds a
token, a person's name or the query string of a URL.
"""


class CollectorError(Exception):
    """Base of all errors of this package; ``str()`` is what the operator reads."""


class FatalError(CollectorError):
    """The source cannot go on until somebody changes something."""


class RetryableError(CollectorError):
    """The same request may succeed later; ``retry_after_seconds`` where the server said when."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SkippableError(CollectorError):
    """One item cannot be read; the others can."""
