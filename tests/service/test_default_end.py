"""Where a window has no end, the API, the assistant and the command line end it on the same local day."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api.application import build_api
from service.api.served import Served
from service.configuration.config import Settings
from service.mcp.desk import Desk
from tests.service.api.reading import OTHER, TOKEN, TOKENS
from tests.service.assistant.client import Assistant
from tests.service.command import run_payoff
from tests.service.folders import configured
from tests.world import publish_world

ROWS = {"teams": [{"team_id": "shop"}], "services": [{"service_id": "till", "team_id": "shop"}]}
METRIC = "deployment_frequency"
# 30 September 2025 at 13:00 UTC: in Auckland it is 2:00 of 1 October, in Los Angeles 6:00 of 30 September.
# At 2:00 UTC of 1 October it is 19:00 of 30 September in Los Angeles, and 15:00 of 1 October in Auckland.
EVENING, NIGHT = datetime(2025, 9, 30, 13, tzinfo=UTC), datetime(2025, 10, 1, 2, tzinfo=UTC)
DAYS = [
    ("Pacific/Auckland", EVENING, date(2025, 10, 1)),
    ("America/Los_Angeles", NIGHT, date(2025, 9, 30)),
]


@pytest.fixture(params=DAYS, ids=[zone for zone, _, _ in DAYS])
def world(
    request: pytest.FixtureRequest, tmp_path: Path, tokens: None
) -> Iterator[tuple[Settings, datetime, date]]:
    zone, at, day = request.param
    known = configured(tmp_path, f"organisation: {{reporting_zone: {zone}}}\n" + TOKENS)
    with publish_world(tmp_path / "data", ROWS, settings={"reporting_zone": zone}, now=at):
        yield known, at, day


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READER_TOKEN", TOKEN)
    monkeypatch.setenv("OTHER_TOKEN", OTHER)


def test_a_window_without_an_end_ends_on_the_local_day_of_the_snapshot(
    world: tuple[Settings, datetime, date],
) -> None:
    known, at, day = world
    year_before = date(day.year - 1, day.month, day.day)

    client = TestClient(build_api(Served(known, clock=lambda: at)))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    told = client.get(f"/v1/metrics/{METRIC}", headers=headers).json()
    assert (told["start"], told["end"]) == (str(year_before), str(day))

    answer = Assistant(Desk(known)).asks("get_metric", metric=METRIC)
    (said,) = answer["figures"]
    assert (said["start"], said["end"]) == (str(year_before), str(day))

    result = run_payoff("metrics", METRIC, "--period", "window", "-f", "json", "--config", str(known.path))
    (row,) = json.loads(result.stdout)
    assert row["period_start"] == str(year_before)
