"""Errors of GraphQL, which come inside an answer of 200, as the statuses that REST would have given.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api says that a limit
may come as 200; the types of errors are those of GitHub, the codes (``extensions.code``) those of Apollo
servers such as Linear's. An answer with errors is not taken in part: what is missing would look like zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collectors.limits import says_limit

_STATUS = {
    "NOT_FOUND": 404,
    "FORBIDDEN": 403,
    "INSUFFICIENT_SCOPES": 403,
    "SAML_FAILURE": 403,
    "AUTHENTICATION_ERROR": 401,
    "UNAUTHENTICATED": 401,
    "RATE_LIMIT": 429,
    "RATE_LIMITED": 429,
    "RATELIMITED": 429,
    "SERVICE_UNAVAILABLE": 503,
    "INTERNAL_SERVER_ERROR": 500,
}
_UNKNOWN_FAILURE = 500  # "Something went wrong while executing your query" has no type
_REFUSED = 400


@dataclass(frozen=True, slots=True)
class Trouble:
    """What errors of an answer amount to; ``text`` has the words that hold no data: kinds and fields."""

    status: int
    text: str

    @property
    def is_limit(self) -> bool:
        return self.status == 429

    @property
    def is_passing(self) -> bool:
        return self.is_limit or self.status >= 500


def trouble_in(data: Any) -> Trouble | None:
    """The gravest error of a decoded answer; ``None`` where there is none."""
    errors = data.get("errors") if isinstance(data, Mapping) else None
    if not errors:
        return None
    found = [_trouble(error) for error in errors if isinstance(error, Mapping)]
    return min(found, key=_gravity) if found else Trouble(_UNKNOWN_FAILURE, "no reason given")


def _trouble(error: Mapping[str, Any]) -> Trouble:
    details = error.get("extensions")
    code = details.get("code") if isinstance(details, Mapping) else None
    kind = str(error.get("type") or code or "")
    field = ".".join(str(part) for part in error.get("path") or ())
    text = " at ".join(part for part in (kind or "no kind given", field) if part)
    if says_limit(str(error.get("message", ""))):
        return Trouble(429, text)
    return Trouble(_STATUS.get(kind.upper(), _REFUSED if kind else _UNKNOWN_FAILURE), text)


def _gravity(trouble: Trouble) -> int:
    """What waiting does not mend comes first, and a thing that is missing last of those."""
    return (401, 403, 400, 404, 429).index(trouble.status) if trouble.status < 500 else 9
