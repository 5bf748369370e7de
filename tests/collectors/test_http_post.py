"""What is posted is posted once, what only reads is asked again, and GraphQL's errors are errors."""

from typing import Any

import httpx
import pytest

from collectors.errors import FatalError, RefusedError, RetryableError
from collectors.exchange import Request, graphql
from tests.collectors.fake_api import FakeApi, Fault, client, never, reset, says, tracker

QUERY = "query($n: Int) { repository { issues(first: $n) } }"
DATA = {"data": {"repository": {"issues": []}}}


def unreachable(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
    raise httpx.ConnectError("no route")


def said(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": "Jane Doe may not", **error} for error in errors]}


def asked(*faults: Fault, waits: bool = False, query: str = QUERY) -> tuple[Any, list[float], FakeApi]:
    """The answer to the query after the faults, what was waited, and the API."""
    api, slept = tracker([]), list[float]()
    api.will(*faults, says(200, DATA))
    over = client(api.transport, slept.append if waits else never)
    return (
        over.ask(graphql("/graphql", query, {"n": 5}, "issues of acme/shop", "issues: read")).data,
        slept,
        api,
    )


def test_a_query_is_posted_with_its_variables() -> None:
    data, _, api = asked()
    assert data == DATA
    assert (api.seen[0].method, api.seen[0].url.path) == ("POST", "/graphql")
    assert api.seen[0].read() == b'{"query":"' + QUERY.encode() + b'","variables":{"n":5}}'


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (says(502), 1),
        (reset, 1),
        (says(200, said({"type": "RATE_LIMITED"}), retry_after="9"), 9),
        (says(200, said({"message": "API rate limit already exceeded"})), 60),
        (says(200, said({})), 1),  # "Something went wrong" has neither type nor code
        (says(200, said({"extensions": {"code": "INTERNAL_SERVER_ERROR"}})), 1),
    ],
)
def test_a_passing_trouble_of_a_query_is_waited_out(fault: Fault, waited: float) -> None:
    data, slept, _ = asked(fault, waits=True)
    assert data == DATA
    assert slept == [waited]


@pytest.mark.parametrize(
    ("errors", "kind", "words"),
    [
        (
            [{"type": "NOT_FOUND", "path": ["repository"]}],
            RefusedError,
            "404 for issues of acme/shop .*at repository",
        ),
        ([{"type": "FORBIDDEN"}], FatalError, "403 .* it needs issues: read"),
        ([{"extensions": {"code": "undefinedField"}}], RefusedError, "400 .*undefinedField"),
        ([{"type": "NOT_FOUND"}, {"type": "INSUFFICIENT_SCOPES"}], FatalError, "403 "),
    ],
)
def test_an_error_inside_200_is_never_an_empty_answer(
    errors: list[dict[str, Any]], kind: type[FatalError], words: str
) -> None:
    with pytest.raises(kind, match=words) as error:
        asked(says(200, said(*errors)))
    assert "Jane" not in str(error.value)


def test_part_of_an_answer_is_none() -> None:
    with pytest.raises(FatalError, match="403"):
        asked(says(200, {**DATA, "errors": [{"type": "FORBIDDEN", "path": ["repository", "issues", 3]}]}))


@pytest.mark.parametrize(
    ("fault", "attempts"), [(unreachable, 2), (says(429), 2), (says(500), 1), (reset, 1)]
)
def test_what_changes_something_is_repeated_only_where_it_was_not_done(fault: Fault, attempts: int) -> None:
    api = tracker([])
    api.will(fault, says(201, {"id": 1}))
    over = client(api.transport, lambda _: None)
    if attempts == 2:
        assert over.ask(Request("/issues", body={"n": 1})).data == {"id": 1}
    else:
        with pytest.raises(RetryableError):
            over.ask(Request("/issues", body={"n": 1}))
    assert len(api.seen) == attempts


def test_a_mutation_is_not_taken_for_a_query() -> None:
    assert graphql("/graphql", QUERY, {}).is_repeatable
    assert not graphql("/graphql", "mutation { close }", {}).is_repeatable


def test_a_redirect_keeps_what_is_posted_only_where_it_says_so() -> None:
    api = tracker([])
    api.will(says(307, location="/v2/graphql"), says(200, DATA))
    assert client(api.transport, never).ask(graphql("/graphql", QUERY, {})).data == DATA
    assert [request.method for request in api.seen] == ["POST", "POST"]
    api.will(says(302, location="/v2/graphql"))
    with pytest.raises(FatalError, match="redirects to nowhere"):
        client(api.transport, never).ask(graphql("/graphql", QUERY, {}))
