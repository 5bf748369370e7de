"""`payoff serve` is killed after it has answered 202: what it has accepted is stored by the next run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import httpx
import pytest

from tests.collectors.webhooks.senders import SECRET, request_of
from tests.service.api.test_webhooks import deployment
from tests.service.folders import write_config
from tests.service.ports import free_port
from warehouse.spool import Spool

SOON = 240  # seconds; a loaded machine takes its time
pytestmark = pytest.mark.timeout(900)
SOURCE = 'sources: [{name: own, kind: webhook, format: json, secret: "${SECRET}"}]\n'


def started(config: Path, port: int) -> subprocess.Popen[bytes]:
    """A process that serves, once it answers."""
    command = [
        str(Path(sys.executable).with_name("payoff")),
        "serve",
        "--config",
        str(config),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env={**os.environ, "SECRET": SECRET}, stderr=subprocess.PIPE)
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(((process.stderr and process.stderr.read()) or b"").decode())


def send(port: int, name: str) -> None:
    request = request_of("json", deployment(0, deployment_id=name))
    url = f"http://127.0.0.1:{port}/api/v1/webhooks/own"
    answer = httpx.post(url, content=request.body, headers=dict(request.headers), timeout=SOON)
    assert answer.status_code == 202


def snapshot(port: int) -> int:
    return int(httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=SOON).json()["snapshot"])


@pytest.mark.kills
def test_what_was_accepted_outlives_a_kill_and_is_published_after_the_next_start(tmp_path: Path) -> None:
    config, port = write_config(tmp_path, SOURCE), free_port()
    process = started(config, port)
    before = snapshot(port)
    for number in range(10):
        send(port, f"killed-{number}")
    process.send_signal(signal.SIGKILL)  # the draining begins two seconds after the first event
    process.wait()
    assert len(Spool(tmp_path / "data").events()) == 10
    process = started(config, port)
    deadline = time.monotonic() + SOON
    while snapshot(port) == before or Spool(tmp_path / "data").depth():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.terminate()
    assert process.wait(SOON) in (0, -signal.SIGTERM)
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT deployment_id FROM deployments ORDER BY 1").fetchall()
    assert [row[0] for row in rows] == [f"killed-{number}" for number in range(10)]
