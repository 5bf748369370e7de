"""`/metrics`, `/healthz` and `/readyz` over real HTTP, beside a world whose figures are known."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from starlette.applications import Starlette

from service.api.problems import ProblemError, answered
from service.api.served import Served
from service.configuration.config import Settings, load_config
from service.running.pipeline import collect_and_publish
from service.serving.probes import probe_routes
from service.serving.telemetry import metrics_route
from tests.service.api.http import serving
from tests.service.folders import DEPLOYMENTS, NOW, deployment_rows, write_config, write_files

TOKEN = "token-of-prometheus"  # noqa: S105
CONFIG = """
api: {tokens: [{name: prometheus, token: "${TOKEN}", scopes: [metrics]}]}
sources:
  - {name: exports, kind: files, path: exports}
  - {name: broken, kind: files, path: nowhere}
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Ten deployments in January, of which two failed."""
    rows = deployment_rows(*range(8, 16)) + deployment_rows(20, 21, status="failure")
    write_files(tmp_path / "exports", deployments=DEPLOYMENTS + rows, services="service_id\npay\n")
    return load_config(write_config(tmp_path, CONFIG), {"TOKEN": TOKEN})


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    served = Served(settings, clock=lambda: NOW)
    routes = [*probe_routes(settings, lambda: True), metrics_route(served)]
    with serving(Starlette(routes=routes, exception_handlers={ProblemError: answered})) as client:
        yield client


def samples(client: httpx.Client) -> dict[tuple[str, str, str], float]:
    """Values by name, source and status or resource, read by Prometheus' own parser."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    return {
        (s.name, s.labels.get("source", ""), s.labels.get("status", s.labels.get("resource", ""))): s.value
        for family in text_string_to_metric_families(answer.text)
        for s in family.samples
    }


def test_runs_freshness_and_the_five_keys_are_told(client: httpx.Client, settings: Settings) -> None:
    collect_and_publish(settings, clock=lambda: NOW)
    found = samples(client)
    assert found["payoff_runs_total", "exports", "success"] == 1
    assert found["payoff_runs_total", "broken", "failure"] == 1
    assert found["payoff_simulated", "", ""] == 0
    assert found["payoff_last_run_seconds", "exports", "success"] == NOW.timestamp()
    until = datetime(2025, 2, 1, tzinfo=UTC).timestamp()
    assert found["payoff_source_known_until_seconds", "exports", "deployments"] == until
    # 28 days before 1 February: 8 successful deployments from 8 to 15 January, 8 / 28 a day.
    assert found["payoff_deployment_frequency", "", ""] == pytest.approx(8 / 28)
    assert found["payoff_deployment_frequency_n", "", ""] == 8
    # No change is known, so there is no lead time: a missing sample, not a zero.
    assert ("payoff_change_lead_time", "", "") not in found
    assert found["payoff_change_lead_time_n", "", ""] == 0
    assert not [name for name, _, _ in found if "cost" in name or "usd" in name or "roi" in name]


def test_waiting_events_are_counted_before_anything_is_published(
    client: httpx.Client, settings: Settings
) -> None:
    served = Served(settings)
    for _ in range(3):
        served.append("from the future", "{}")
    assert samples(client) == {("payoff_spool_events", "", ""): 3}
    collect_and_publish(settings, clock=lambda: NOW)
    found = samples(client)
    assert found["payoff_spool_events", "", ""] == 0
    assert found["payoff_skipped_items", "spool", ""] == 3


def test_operating_figures_need_a_token(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 401


def test_probes_tell_alive_from_ready(client: httpx.Client, settings: Settings) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "snapshot": None}
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json() == {"snapshot": False, "spool": True, "scheduler": True}
    collect_and_publish(settings, clock=lambda: NOW)
    assert client.get("/healthz").json() == {"status": "ok", "snapshot": 1}
    assert client.get("/readyz").status_code == 200
