"""Goals over HTTP: those of the command line, page by page, narrowed, and told of another day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service.api.application import build_api
from service.api.served import Served
from service.configuration.config import load_config
from tests.service.api.http import serving
from tests.service.api.reading import TOKENS, Reader
from tests.service.folders import write_config
from tests.world import publish_world
from warehouse.goals import Aim, Edit

SET = datetime(2025, 6, 30, tzinfo=UTC).replace(tzinfo=None)
DUE = date(2026, 3, 31)
WORLD = {
    "covered": {"from": "2025-01-01", "to": "2025-12-01", "scope": "a"},
    "teams": [{"team_id": "shop"}],
    "services": [{"service_id": "a", "team_id": "shop"}],
    "deployments": [
        {
            "repeat": 12,
            "deployment_id": "d{i}",
            "service_id": "a",
            "sha": "d{i}",
            "status": "success",
            "finished_at": "2025-11-{i:02}T12:00:00Z",
        }
    ],
}
# None of 12 failed: Wilson from 0 to 3.841459 / 15.841459 = 24.2 %.
GOALS = [
    Edit(f"{scope}{metric}", "set", metric, scope, "finance", SET, Aim(target, unit, 1, DUE, "shop"))
    for metric, scope, target, unit in (
        ("change_fail_rate", "*", 0.3, "ratio"),
        ("change_fail_rate", "service:a", 0.2, "ratio"),
        ("self_service_share", "team:shop", 0.5, "ratio"),
    )
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, tokens: None) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("goals")
    path = write_config(folder, TOKENS)
    with publish_world(folder / "data", WORLD, goals=GOALS), serving(build_api(_served(path))) as client:
        yield Reader(client, path, folder)


def _served(path: Path) -> Served:
    return Served(load_config(path), clock=lambda: datetime(2025, 12, 1, tzinfo=UTC))


def test_every_goal_has_its_figure_and_its_verdict(reader: Reader) -> None:
    answer = reader.get("/v1/goals")
    assert answer.status_code == 200
    told = answer.json()
    assert [(g["metric"], g["scope_type"], g["scope_id"], g["verdict"]) for g in told["goals"]] == [
        ("change_fail_rate", "organisation", "*", "met"),
        ("change_fail_rate", "service", "a", "too_close"),
        ("self_service_share", "team", "shop", "not_known"),
    ]
    first, _, last = told["goals"]
    assert (first["value"], first["n"], first["operator"]) == (0, 12, "at most")
    assert first["high"] == pytest.approx(0.242494, abs=1e-6)
    assert (last["value"], last["low"], last["status"]) == (None, None, "not_collected")
    assert (told["next"], told["snapshot"]["version"]) == (None, 1)


def test_csv_is_what_the_command_line_writes_byte_for_byte(reader: Reader) -> None:
    narrowed = reader.get("/v1/goals", format="csv", scope="service:a")
    assert narrowed.content == reader.says("goals", "list", "--scope", "service:a")
    assert reader.get("/v1/goals", format="csv").content == reader.says("goals", "list")


def test_pages_hold_every_goal_once(reader: Reader) -> None:
    seen, cursor = [], ""
    for _ in range(3):
        page = reader.get("/v1/goals", limit=1, **({"cursor": cursor} if cursor else {}))
        seen += [(goal["metric"], goal["scope_id"]) for goal in page.json()["goals"]]
        cursor = page.json()["next"]
    assert (cursor, seen) == (
        None,
        [("change_fail_rate", "*"), ("change_fail_rate", "a"), ("self_service_share", "shop")],
    )
    linked = reader.get("/v1/goals", limit=2)
    assert linked.headers["link"].endswith('rel="next"')
    other = reader.get("/v1/goals", limit=1, metric="change_fail_rate", cursor=linked.json()["next"])
    assert other.status_code == 422


def test_an_earlier_day_has_the_goals_and_figures_of_then(reader: Reader) -> None:
    assert reader.get("/v1/goals", on="2025-06-01").json()["goals"] == []
    (then, _) = reader.get("/v1/goals", on="2025-11-05", metric="change_fail_rate").json()["goals"]
    assert (then["n"], then["verdict"]) == (5, "too_few")


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"metric": "change_fail_rat"}, 404, "Did you mean 'change_fail_rate'"),
        ({"scope": "shop"}, 422, "is no scope"),
        ({"scope": "team:shp"}, 422, "Did you mean 'team:shop'"),
        ({"on": "soon"}, 422, "on"),
        ({"team": "shop"}, 422, "team"),
    ],
)
def test_refusals_say_what_is_wrong(reader: Reader, given: dict[str, str], status: int, said: str) -> None:
    answer = reader.get("/v1/goals", **given)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
