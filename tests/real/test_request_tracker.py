"""The review ticket in a real Request Tracker 5: there, linked both ways, and its answer decides.

Needs Debian's packages request-tracker5, rt5-db-sqlite and rt5-standalone, and root, as they install it.
"""

import base64
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.deploy import Actions
from actions.ports import Request
from service.configuration.config import Settings
from service.deploying.building import build_actions
from tests.actions.asked import asked
from tests.actions.world import DEVELOPER, ticking
from tests.service.folders import configured

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
ROOT = ("root", "password")  # of a fresh installation
pytestmark = pytest.mark.real

CONFIG = """
actions:
  repository: {{url: gitops.git}}
  review:
    tracker: request_tracker
    url: {url}
    project: General
    token: "${{file:{token}}}"
    hold: [production]
"""


@pytest.fixture(scope="module")
def tracker() -> Iterator[httpx.Client]:
    """A client of a Request Tracker that listens on this machine only."""
    if not SERVER.exists():
        pytest.fail(f"there is no {SERVER}: install request-tracker5, rt5-db-sqlite and rt5-standalone")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(SERVER), "--server", "Standalone", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=ROOT, timeout=60) as client:
            _wait_for(client)
            yield client
    finally:
        server.terminate()
        server.wait()


def _wait_for(client: httpx.Client) -> None:
    for _ in range(120):
        try:
            if client.get("/REST/2.0/rt").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail("Request Tracker does not answer")


@pytest.fixture
def actions(tracker: httpx.Client, tmp_path: Path) -> Actions:
    token = tmp_path / "token"
    token.write_text(":".join(ROOT))
    settings: Settings = configured(tmp_path, CONFIG.format(url=tracker.base_url, token=token))
    return build_actions(settings, ticking())


def ticket(tracker: httpx.Client, number: str) -> Any:
    return tracker.get(f"/REST/2.0/ticket/{number}").raise_for_status().json()


def comments(tracker: httpx.Client, number: str) -> Iterator[str]:
    """What was written on a ticket; the API gives attachments in base64."""
    for attachment in tracker.get(f"/REST/2.0/ticket/{number}/attachments?per_page=100").json()["items"]:
        content = tracker.get(f"/REST/2.0/attachment/{attachment['id']}").json().get("Content", "")
        yield base64.b64decode(content).decode(errors="replace")


def test_the_ticket_is_there_with_its_link_both_ways_and_decides(
    tracker: httpx.Client, actions: Actions, tmp_path: Path
) -> None:
    name = f"checkout-{uuid.uuid4().hex[:8]}"
    run = actions.request(Request("deploy-service", asked(name=name), DEVELOPER))
    assert (run.stage, run.held) == ("awaiting_approval", ("production",)), run.message
    assert run.run_id in ticket(tracker, run.review_id)["Subject"]

    log = ["git", "--git-dir", str(tmp_path / "gitops.git"), "log", "-1", "--format=%B", "main"]
    message = subprocess.run(log, capture_output=True, text=True, check=True).stdout
    assert f"Review: {run.review_url}" in message
    assert tracker.get(run.review_url).status_code in (200, 302)  # 302: to the login of a person
    assert run.review_url.endswith(f"id={run.review_id}")

    assert actions.carry_out(run.run_id).stage == "awaiting_approval"
    version = ticket(tracker, run.review_id)
    tracker.put(f"/REST/2.0/ticket/{version['id']}", json={"Status": "resolved"}).raise_for_status()
    done = actions.carry_out(run.run_id)
    assert (done.stage, done.is_ended) == ("committed", True)
    assert any(done.sha in text for text in comments(tracker, run.review_id))


def test_the_ticket_of_a_killed_run_is_found_again(tracker: httpx.Client, actions: Actions) -> None:
    name = f"cart-{uuid.uuid4().hex[:8]}"
    run = actions.ask(Request("deploy-service", asked(name=name), DEVELOPER))
    first = actions.carry_out(run.run_id)
    found = actions._ports.tracker
    assert found is not None
    again = found.find(run.run_id)
    assert again is not None
    assert (again.id, again.url) == (first.review_id, first.review_url)
