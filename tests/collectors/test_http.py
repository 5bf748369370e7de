"""The client waits when it is told to, gives up with a clear word, and never lets a secret out."""

import csv
import importlib.util
import logging
import traceback
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from collectors.auth import BasicAuth, BearerToken
from collectors.errors import CollectorError, FatalError, RefusedError, RetryableError
from collectors.http import Client
from tests.collectors.fake_api import TOKEN, Fault, client, cut_off, never, reset, says, tracker

RECORDINGS = Path(__file__).parents[2] / ".." / "shared" / "recordings"
NOW = 1_790_000_000  # the clock of `fake_api.client`: 2026-09-21 14:13:20 UTC


def issue(number: int) -> dict[str, object]:
    return {"number": number, "updated_at": "2026-02-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (says(429, retry_after="7"), 7),
        (says(403, retry_after="30"), 30),
        # Both instants are the server's: 14:13:40 − 14:13:20.
        (says(429, date="Mon, 21 Sep 2026 14:13:20 GMT", retry_after="Mon, 21 Sep 2026 14:13:40 GMT"), 20),
        # 90 seconds ahead, and one more because the second that is named is the window's last.
        (says(403, x_ratelimit_remaining="0", x_ratelimit_reset=str(NOW + 90)), 91),
        (says(403, gh_limited_by="search"), 60),
        (says(403, {"message": "You have exceeded a secondary rate limit"}), 60),
        (says(429), 60),
        (says(500), 1),
        (says(503, retry_after="5"), 5),
        (reset, 1),
        (cut_off, 1),
    ],
)
def test_a_passing_trouble_is_waited_out_as_the_server_says(fault: Fault, waited: float) -> None:
    api, slept = tracker([issue(1)]), list[float]()
    api.will(fault)
    over = client(api.transport, slept.append)
    assert over.get_json("/issues") == [issue(1)]
    assert slept == [waited]
    assert over.requests == 2


def test_waits_grow_where_the_server_says_nothing() -> None:
    api, slept = tracker([]), list[float]()
    api.will(says(502), says(502), says(502))
    with pytest.raises(RetryableError, match="502 for /issues") as error:
        client(api.transport, slept.append).get_json("/issues")
    assert slept == [1, 2]
    assert error.value.retry_after_seconds == 4


def test_a_wait_of_hours_is_an_error_that_says_when_to_come_back() -> None:
    api, slept = tracker([]), list[float]()
    api.will(says(429, retry_after="86400"))
    with pytest.raises(RetryableError) as error:
        client(api.transport, slept.append).get_json("/issues")
    assert slept == []
    assert error.value.retry_after_seconds == 86400


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (says(401), "toy: 401 .*token is missing, wrong or expired"),
        (says(403, {"message": "Resource not accessible"}), "toy: 403 .*lacks a right"),
        (says(404), "toy: 404 "),
        (says(422), "toy: 422 "),
        (says(302, location="https://elsewhere.example/issues"), "refused to go on at https://elsewhere"),
        (says(302, location="http://api.example/issues"), "refused to go on at http://api"),
    ],
)
def test_what_waiting_does_not_mend_stops_at_once(fault: Fault, words: str) -> None:
    api, slept = tracker([]), list[float]()
    api.will(fault)
    with pytest.raises(FatalError, match=words):
        client(api.transport, slept.append).get_json("/issues")
    assert slept == []
    assert len(api.seen) == 1


def test_a_redirect_on_the_same_host_is_followed_with_the_token() -> None:
    api = tracker([issue(1)])
    api.details = {"/renamed/issues": [issue(1)]}
    api.will(says(301, location="/renamed/issues"))
    assert client(api.transport, never).get_json("/issues") == [issue(1)]
    assert api.seen[1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("url", ["https://api.example@evil.example/x", "https://api.example:8443/x"])
def test_the_token_never_leaves_for_another_address(url: str) -> None:
    api = tracker([])
    with pytest.raises(FatalError, match="refused"):
        client(api.transport, never).get_json(url)
    assert api.seen == []


def test_what_may_be_absent_is_none() -> None:
    over = client(tracker([]).transport, never)
    assert over.get_json("/issues/9", optional=True) is None
    with pytest.raises(RefusedError):
        over.get_json("/issues/9")


def test_the_rest_of_the_limit_is_known() -> None:
    api = tracker([])
    api.will(says(200, x_ratelimit_remaining="4922"))
    over = client(api.transport, never)
    over.get_json("/issues")
    assert over.rate_limit_remaining == 4922


def test_a_token_is_asked_for_at_every_request() -> None:
    api, tokens = tracker([]), iter(["first", "second"])
    over = Client("toy", "https://api.example", BearerToken(lambda: next(tokens)), transport=api.transport)
    over.get_json("/issues")
    over.get_json("/issues")
    assert [r.headers["authorization"] for r in api.seen] == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("fault", [reset, cut_off, says(401), says(403), says(500), says(404)])
def test_no_token_and_no_query_in_errors_and_logs(fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api = tracker([])
    api.will(*[fault] * 3)
    secret = "-".join(("query", "secret"))  # a traceback quotes this very line
    with pytest.raises(CollectorError) as error:
        client(api.transport, lambda _: None).get_json("/issues", {"key": secret})
    told = "".join(traceback.format_exception(error.value)) + caplog.text
    assert TOKEN not in told
    assert secret not in told


def test_a_token_with_a_line_break_is_named_without_being_shown() -> None:
    over = Client("toy", "https://api.example", BearerToken(lambda: "two\nlines"), attempts=1)
    with pytest.raises(FatalError, match="holds a line break") as error:
        over.get_json("/issues")
    assert "two" not in str(error.value)


def test_credentials_do_not_show_themselves() -> None:
    basic = BasicAuth("jane@acme.example", lambda: TOKEN)
    assert basic.header()[1].reveal() == "Basic amFuZUBhY21lLmV4YW1wbGU6czNjcjN0LXQwa2Vu"
    shown = repr(basic) + repr(basic.header()) + str(basic.header()[1])
    assert "jane" not in shown
    assert "amFu" not in shown


def _replay() -> ModuleType:
    path = RECORDINGS / "replay.py"
    spec = importlib.util.spec_from_file_location("replay", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_recorded_limits_of_github_are_waited_out() -> None:
    root = RECORDINGS / "github" / "rest_hub4j_rate_limits"
    if not root.is_dir():
        pytest.skip("the recordings are not beside the project")
    replay = _replay().Replay(str(root))
    with (root / "expected" / "cases.csv").open() as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 10
    for case in cases:
        slept: list[float] = []
        over = Client(
            "github", replay.base_url, transport=httpx.MockTransport(replay.handler), sleep=slept.append
        )
        assert over.get_json(case["path"])["name"].startswith("temp-test"), case["case"]
        assert len(slept) == 1, case["case"]
        # Templates say "in N seconds"; where neither header does, it is the minute GitHub asks for.
        least = {"RateLimitHandlerTest": 3.0}.get(case["case"].partition("/")[0], 60.0)
        after = case["retry_after"]
        least = float(after) if after.isdecimal() else 7.0 if after else least
        assert slept[0] >= least, case["case"]
