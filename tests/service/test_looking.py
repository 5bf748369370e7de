"""What `payoff doctor` does with sources that want a token or have used up their limit."""

from functools import partialmethod
from pathlib import Path

import httpx
import pytest

from collectors.http import Client
from tests.collectors.contract import _MAKE_CLIENT, FIXTURES, World, world_of
from tests.collectors.fake_api import Fault
from tests.service.command import run_payoff, text_of
from tests.service.folders import write_config

STANZA = "sources: [{name: pager, kind: pagerduty, token: '${PAGER}', start_on: 2026-01-01, url: %s}]\n"


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """PagerDuty that is not there, at a stated time; what is waited is waited."""
    world = world_of(FIXTURES / "pagerduty", tmp_path, monkeypatch)
    stated = {"transport": httpx.MockTransport(world.api), "clock": lambda: 1_790_000_000.0}
    monkeypatch.setattr(Client, "__init__", partialmethod(_MAKE_CLIENT, **stated))
    monkeypatch.setenv("PAGER", "pagerduty-secret-token-0123456789")
    write_config(tmp_path, STANZA % "https://pagerduty.example")
    return world


def doctor(tmp_path: Path) -> tuple[int, str]:
    result = run_payoff("doctor", "--config", str(tmp_path / "config.yaml"))
    return result.exit_code, text_of(result)


def test_the_variable_of_a_token_is_named_and_never_its_value(pager: World, tmp_path: Path) -> None:
    code, said = doctor(tmp_path)
    assert code == 0, said
    assert "pager (pagerduty, token from ${PAGER})" in said
    assert "credentials: a key for pagerduty.example" in said
    assert "secret-token" not in said


def test_a_token_that_is_refused_is_named_by_its_variable(pager: World, tmp_path: Path) -> None:
    pager.api.authorization = "Token token=another"
    code, said = doctor(tmp_path)
    assert code == 1
    assert "pager: 401 for the key itself: the token in ${PAGER} is missing, wrong or expired" in said
    assert "secret-token" not in said


def test_a_limit_that_is_used_up_is_told_and_not_waited_for(pager: World, tmp_path: Path) -> None:
    class Always(dict[int, Fault]):
        def __contains__(self, number: object) -> bool:
            return True

        def __getitem__(self, number: int) -> Fault:
            return lambda request, answer: httpx.Response(429, headers={"Retry-After": "900"})

    pager.api.faults = Always()
    code, said = doctor(tmp_path)
    assert code == 1
    assert "it asks to wait 900 seconds, for its limit is used up" in said
