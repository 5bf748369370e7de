"""Deliveries over real HTTP: taken once, refused clearly, and stored whatever happens to the process."""

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from service.api.application import build_api
from service.api.served import Served
from service.configuration.config import Settings, load_config
from service.running.pipeline import collect_and_publish, drain_and_publish, replay_and_publish
from tests.collectors.webhooks import bodies as b
from tests.collectors.webhooks.senders import SECRET, request_of
from tests.service.api.http import serving
from tests.service.folders import write_config
from warehouse.errors import StorageError
from warehouse.spool import FILE, Spool

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCES = """
api: {max_body_bytes: 100000}
sources:
  - {name: hub, kind: webhook, format: github, secret: "${SECRET}", complete_since: {deployments: 2026-02-01}}
  - {name: own, kind: webhook, format: json, secret: "${SECRET}"}
  - {name: prom, kind: webhook, format: alertmanager, secret: "${SECRET}"}
"""
STATUS = b.github_status("success", "2026-03-01T10:09:00Z")


@dataclass
class Inbox:
    """A running API, and how a sender talks to it."""

    client: httpx.Client
    settings: Settings

    def send(self, name: str, body: Any, *, event: str = "", delivery: str = "d-1") -> httpx.Response:
        kinds = {"hub": "github", "own": "json", "prom": "alertmanager"}
        request = request_of(kinds[name], body, event=event, delivery=delivery)
        return self.client.post(f"/v1/webhooks/{name}", content=request.body, headers=dict(request.headers))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        path = self.settings.storage.directory / "warehouse.duckdb"
        with duckdb.connect(str(path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def drain(self) -> None:
        assert drain_and_publish(self.settings, clock=lambda: NOW) is not None


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    settings = load_config(write_config(tmp_path, SOURCES), {"SECRET": SECRET})
    with serving(build_api(Served(settings, clock=lambda: NOW))) as client:
        yield Inbox(client, settings)


def deployment(number: int, **columns: Any) -> dict[str, Any]:
    own = {
        "deployment_id": f"d-{number}",
        "service_id": "shop",
        "environment": "production",
        "status": "success",
        "finished_at": "2026-03-01T10:09:00Z",
    }
    return {"deployment": own | columns}


def test_delivery_is_answered_202_and_is_a_row_after_the_next_draining(inbox: Inbox) -> None:
    answer = inbox.send("hub", STATUS, event="deployment_status")
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "ignored": []})
    inbox.drain()
    assert inbox.rows("SELECT deployment_id, status, source FROM deployments") == [
        ("acme/shop/deployments/42", "success", "hub")
    ]
    assert inbox.rows("SELECT resource, from_at, to_at, source FROM coverage") == [
        ("deployments", datetime(2026, 2, 1), datetime(2026, 3, 1, 12), "hub")  # noqa: DTZ001
    ]


def test_delivery_that_is_sent_again_changes_nothing(inbox: Inbox) -> None:
    for _ in range(2):
        inbox.send("hub", STATUS, event="deployment_status")
        inbox.send("own", deployment(1))
    inbox.drain()
    before = inbox.rows("SELECT * FROM raw_bodies ORDER BY key")
    inbox.send("hub", STATUS, event="deployment_status", delivery="d-1")
    inbox.send("own", deployment(1))
    inbox.drain()
    assert inbox.rows("SELECT count(*) FROM deployments") == [(2,)]
    assert inbox.rows("SELECT * FROM raw_bodies ORDER BY key") == before


def test_every_alert_of_a_notification_is_stored(inbox: Inbox) -> None:
    one = b.alert("firing", "2026-03-01T10:05:00Z")
    body = b.alertmanager(one, one | {"fingerprint": "732a2e933bc1383b"})
    assert inbox.send("prom", body).json()["accepted"] == 2
    inbox.drain()
    assert inbox.rows("SELECT count(*) FROM incidents") == [(2,)]


def test_what_tells_nothing_is_answered_and_dropped(inbox: Inbox) -> None:
    answer = inbox.send("hub", {"zen": "Keep it simple.", "repository": b.REPOSITORY}, event="ping")
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 0
    assert "ping" in answer.json()["ignored"][0]
    assert Spool(inbox.settings.storage.directory).events() == []


def test_wrong_field_is_answered_422_with_its_name(inbox: Inbox) -> None:
    answer = inbox.send("own", deployment(1, status="succeeded"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"field": "deployment.status", "message": "should be one of success, failure, cancelled, in_progress"}
    ]
    assert inbox.send("own", deployment(2, status="Success")).status_code == 202


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"authorization": "Bearer somebody-else"}, 401),
        ({"authorization": ""}, 401),
    ],
)
def test_who_does_not_know_the_secret_is_refused(inbox: Inbox, change: dict[str, str], status: int) -> None:
    request = request_of("json", deployment(1))
    answer = inbox.client.post(
        "/v1/webhooks/own", content=request.body, headers={**request.headers, **change}
    )
    assert answer.status_code == status
    assert SECRET not in answer.text


def test_other_refusals(inbox: Inbox) -> None:
    request = request_of("json", deployment(1))
    headers = dict(request.headers)
    assert inbox.client.post("/v1/webhooks/nobody", content=b"{}", headers=headers).status_code == 404
    assert inbox.client.post("/v1/webhooks/own", content=b"{", headers=headers).status_code == 422
    assert inbox.client.post("/v1/webhooks/own", content=b"[" * 50_000, headers=headers).status_code == 422
    large = b" " * 100_001
    assert inbox.client.post("/v1/webhooks/own", content=large, headers=headers).status_code == 413
    chunked = (large[:60_000] for _ in range(2))  # no length is declared
    assert inbox.client.post("/v1/webhooks/own", content=chunked, headers=headers).status_code == 413
    assert Spool(inbox.settings.storage.directory).events() == []


def test_full_disk_is_answered_503_so_that_the_sender_tries_again(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Spool, kind: str, payload_json: str) -> int:
        raise StorageError("spool.db: the event was not stored: disk is full")

    monkeypatch.setattr(Spool, "append", full)
    answer = inbox.send("own", deployment(1))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_delivery_of_a_source_that_is_gone_is_kept_for_its_return(inbox: Inbox, tmp_path: Path) -> None:
    inbox.send("own", deployment(1))
    fewer = load_config(write_config(tmp_path, SOURCES.replace("name: own", "name: new")), {"SECRET": SECRET})
    report = collect_and_publish(fewer, clock=lambda: NOW)
    assert "named own" in report.drained.refused[0].text
    report = replay_and_publish(inbox.settings, clock=lambda: NOW)
    assert inbox.rows("SELECT deployment_id FROM deployments") == [("d-1",)]


def test_replay_reads_kept_bodies_again(inbox: Inbox) -> None:
    inbox.send("hub", STATUS, event="deployment_status")
    inbox.drain()
    path = inbox.settings.storage.directory / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE deployments SET status = 'failure', url = NULL")
    replay_and_publish(inbox.settings, clock=lambda: NOW)
    assert inbox.rows("SELECT status, url FROM deployments") == [
        ("success", "https://github.com/acme/shop/actions/runs/9")
    ]


def test_no_person_and_no_secret_is_in_any_file_or_log(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        inbox.send("hub", STATUS, event="deployment_status")
        inbox.send("hub", b.github_pull("opened", "2026-03-01T09:00:00Z"), event="pull_request")
        inbox.send("prom", b.alertmanager(b.alert("firing", "2026-03-01T10:05:00Z")))
        inbox.send("own", deployment(1, status=SECRET))
        inbox.drain()
    directory = inbox.settings.storage.directory
    texts = [caplog.text]
    with sqlite3.connect(directory / FILE) as spool:
        texts += [row[0] for row in spool.execute("SELECT payload FROM events")]
    for path in [directory / "warehouse.duckdb", *sorted((directory / "marts").glob("*.duckdb"))]:
        with duckdb.connect(str(path), read_only=True) as con:
            for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                texts += [str(row) for row in con.execute(f'SELECT * FROM "{table}"').fetchall()]
    import zlib

    texts += [zlib.decompress(row[0]).decode() for row in inbox.rows("SELECT body FROM raw_bodies")]
    assert len(texts) > 10
    assert [word for word in (SECRET, *b.SEEDED) for text in texts if word in text] == []
