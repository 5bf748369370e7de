"""A limit that one request runs into is waited for by all, before they are sent."""

import threading

import pytest

from collectors.errors import RetryableError
from collectors.http import Client
from tests.collectors.fake_api import BASE, FakeApi, says, tracker


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1_790_000_000.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def client(self, api: FakeApi) -> Client:
        return Client(
            "toy", BASE, transport=api.transport, sleep=self.sleep, clock=lambda: self.now, attempts=2
        )


def test_a_limit_that_is_used_up_is_waited_for_before_the_next_request() -> None:
    api, clock = tracker([]), Clock()
    # 200, nothing left, new requests in 90 seconds: asking before that would be refused.
    api.will(says(200, [], x_ratelimit_remaining="0", x_ratelimit_reset=str(int(clock.now) + 90)))
    over = clock.client(api)
    over.get_json("/issues")
    assert clock.slept == []
    over.get_json("/issues")
    assert clock.slept == [91]


def test_a_limit_that_lasts_too_long_stops_every_request_without_asking() -> None:
    api, clock = tracker([]), Clock()
    api.will(says(429, retry_after="86400"))
    over = clock.client(api)
    for _ in range(2):
        with pytest.raises(RetryableError, match="limit of requests is used up"):
            over.get_json("/issues")
    assert len(api.seen) == 1


def test_a_failure_of_one_request_does_not_hold_the_others() -> None:
    api, clock = tracker([]), Clock()
    api.will(says(503), says(503))
    over = clock.client(api)
    with pytest.raises(RetryableError):
        over.get_json("/issues")
    assert clock.slept == [1]
    over.get_json("/issues")
    assert clock.slept == [1]


def test_a_thread_counts_its_own_requests() -> None:
    over = Clock().client(tracker([]))
    over.get_json("/issues")
    counted: list[int] = []

    def ask() -> None:
        over.get_json("/issues")
        over.get_json("/issues")
        counted.append(over.requests)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert (over.requests, counted) == (1, [2])
