"""What is asked of a source and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for: a path below the base URL, or a whole URL on the same host, and parameters.

    ``what`` names it in messages ("builds of acme/shop"), and ``right`` what the token must be allowed.
    A ``body`` makes it a POST of JSON (or the ``method`` that is named), which is repeated freely only where
    it ``only_reads``; `graphql` makes one of a query.
    """

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    what: str = ""
    right: str = ""
    body: Any = None
    only_reads: bool = False
    is_graphql: bool = False
    method: str = ""

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once."""
        return self.body is None or self.only_reads


def graphql(path: str, query: str, variables: Mapping[str, Any], what: str = "", right: str = "") -> Request:
    """The request for a GraphQL query; a query only reads, a mutation does not."""
    body = {"query": query, "variables": dict(variables)}
    reads = not query.lstrip().startswith("mutation")
    return Request(path, {}, what, right, body, only_reads=reads, is_graphql=True)


@dataclass(frozen=True, slots=True)
class Response:
    """A successful answer: the URL it came from, its headers (names in lower case) and the decoded body."""

    url: str
    headers: Mapping[str, str]
    data: Any
