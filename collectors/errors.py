"""What can go wrong while collecting.

    CollectorError
    ├── FatalError       stop this source: a wrong address, or one of these
    │   ├── CredentialsError   whoever asks is not known: a token that is missing, wrong or expired
    │   ├── RightError         whoever asks is known and lacks a right; the message names it
    │   └── RefusedError       this very request is not answered: a repository that is not there
    ├── StoppedError     somebody asked the run to stop while it waited
    ├── RetryableError   wait and try again: 429, 5xx, a connection that was reset
    └── SkippableError   count it, keep it, go on: one item that cannot be read

Every message says what happened, to which source and item, and what to do next. No message holds a
token, a person's name or the query string of a URL.
"""


class CollectorError(Exception):
    """Base of all errors of this package; ``str()`` is what the operator reads."""


class FatalError(CollectorError):
    """The source cannot go on until somebody changes something."""


class CredentialsError(FatalError):
    """The source does not accept who asks; nothing else of it can be read either."""


class RightError(FatalError):
    """The token lacks a right for this; other lists of the source may be readable."""


class RefusedError(FatalError):
    """The source understood who asks, and does not answer this very request: 400, 404, 410, 422, …"""


class StoppedError(CollectorError):
    """The run was asked to stop; the next one goes on behind the last page that was stored."""


class RetryableError(CollectorError):
    """The same request may succeed later; ``retry_after_seconds`` where the server said when.

    ``is_limit``: the source wants fewer requests, from whomever. ``is_unsent``: it never got the request.
    A request that a limit turned away was not carried out either.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        is_limit: bool = False,
        is_unsent: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.is_limit = is_limit
        self.is_unsent = is_unsent or is_limit


class SkippableError(CollectorError):
    """One item cannot be read; the others can."""
