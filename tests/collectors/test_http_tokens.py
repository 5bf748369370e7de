"""A token that is refused: asked for again where it may have changed, else named so that it can be mended."""

import pytest

from collectors.auth import BearerToken
from collectors.errors import FatalError
from collectors.exchange import Request
from collectors.http import Client
from tests.collectors.fake_api import BASE, FakeApi, client, never, says, tracker


def over(api: FakeApi, *tokens: str) -> Client:
    """A client whose tokens come one after the other, the last one for good."""
    left = list(tokens)
    provider = BearerToken(lambda: left.pop(0) if len(left) > 1 else left[0], variable="TOY_TOKEN")
    return Client("toy", BASE, provider, transport=api.transport, sleep=never)


def sent(api: FakeApi) -> list[str]:
    return [request.headers["authorization"] for request in api.seen]


def test_a_token_that_ends_half_way_is_replaced_by_the_next_one() -> None:
    api = tracker([])
    api.will(says(401))
    assert over(api, "old", "new").ask(Request("/issues")).data == []
    assert sent(api) == ["Bearer old", "Bearer new"]


def test_a_new_token_that_is_refused_as_well_is_the_end() -> None:
    api = tracker([])
    api.will(says(401), says(401))
    with pytest.raises(FatalError, match="401"):
        over(api, "old", "new").ask(Request("/issues"))
    assert sent(api) == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_names_the_list_the_variable_and_the_right(status: int) -> None:
    api = tracker([])
    api.will(says(status))
    request = Request("/issues", what="issues of acme/shop", right='"issues: read"')
    with pytest.raises(FatalError) as error:
        over(api, "only").ask(request)
    text = str(error.value)
    assert text.startswith(f"toy: {status} for issues of acme/shop: the token in ${{TOY_TOKEN}} ")
    assert 'needs "issues: read"' in text
    assert len(api.seen) == 1


def test_the_right_that_the_server_names_is_the_one_that_is_missing() -> None:
    api = tracker([])
    api.will(says(403, x_accepted_github_permissions="deployments=read"))
    with pytest.raises(FatalError, match="it needs deployments=read"):
        over(api, "only").ask(Request("/issues"))


def test_a_server_that_waited_too_long_is_asked_again() -> None:
    api, slept = tracker([]), list[float]()
    api.will(says(408))
    assert client(api.transport, slept.append).ask(Request("/issues")).data == []
    assert slept == [1]


def test_a_base_url_without_its_protocol_is_said_at_once() -> None:
    with pytest.raises(FatalError, match="base URL does not begin with https://"):
        Client("toy", "api.example", sleep=never).ask(Request("/issues"))
