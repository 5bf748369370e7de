"""Figures that are read from larger ones are those that would be worked out, to the bit, or none are read."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from metrics import compute as door
from metrics.catalog import CATALOG, Metric
from metrics.compute import compute
from metrics.cubes import cube
from metrics.cubes.rule import Cut, places_in, spans_of
from metrics.cubes.writing import Writer
from metrics.errors import ParameterError
from metrics.kept import keeping
from metrics.packing import is_same
from metrics.scope import Filter, Question
from tests.dashboards.organisation import END as OF_SMALL
from tests.dashboards.organisation import rows
from tests.metrics.torn import END as OF_TORN
from tests.metrics.torn import torn_rows
from tests.world import publish_world
from warehouse.kept import TABLE
from warehouse.snapshot import Snapshot

Publisher = Callable[[str], tuple[Snapshot, Snapshot]]
pytestmark = pytest.mark.xdist_group("cubes")


@contextmanager
def _published(folder: Path, world: str) -> Iterator[tuple[Snapshot, Snapshot]]:
    """The same world with and without what is kept."""
    given, settings, now = {
        "small": (rows(), {"reporting_zone": "Europe/Berlin"}, OF_SMALL),
        "torn": (torn_rows(), {"reporting_zone": "America/New_York", "quarter_start_month": 2}, OF_TORN),
    }[world]
    with (
        publish_world(folder, given, settings, now, answers=lambda s: _kept(s, world)) as with_cubes,
        Snapshot.open(with_cubes.path) as plain,
    ):
        original = plain.sql
        plain.sql = lambda query, *rest: original(query.replace(TABLE, "nothing"), *rest)  # type: ignore[method-assign]
        yield with_cubes, plain


def _kept(snapshot: Snapshot, world: str) -> Mapping[str, bytes]:
    with keeping(snapshot) as answers:
        writer = Writer(snapshot)
        for name, metric in CATALOG.items():
            for by in metric.by:
                writer.add(name, by, CUTS[world])
            if metric.takes("tiers"):
                writer.add(name, "organisation", CUTS[world], where=Filter(tiers=(TIER[world],)))
            if {"team", "action"} <= set(metric.by):
                writer.add(name, "team and action", CUTS[world])
            if metric.is_of_teams and metric.takes("services"):
                writer.add(name, "service", CUTS[world])
        writer.finish()
        return dict(answers)


# A year that is no calendar's, the year before, and months and quarters from a year before anything is known.
CUTS = {
    "small": [
        Cut(date(2024, 12, 2), date(2025, 12, 2), "window"),
        Cut(date(2024, 4, 1), date(2025, 12, 2), "month"),
        Cut(date(2024, 4, 1), date(2025, 12, 2), "quarter"),
    ],
    "torn": [
        Cut(date(2024, 11, 1), date(2025, 11, 21), "month"),
        Cut(date(2024, 11, 1), date(2025, 11, 21), "quarter"),
    ],
}
# The year, a quarter that is over, the one that runs, months up to a quarter's end, and those up to today.
ASKED: Mapping[str, list[dict[str, Any]]] = {
    "small": [
        {"start": date(2024, 12, 2), "end": date(2025, 12, 2)},
        {"start": date(2025, 7, 1), "end": date(2025, 10, 1), "minimum_n": 3},
        {"start": date(2024, 10, 1), "end": date(2025, 10, 1), "period": "month", "minimum_n": 1},
    ],
    "torn": [
        {"start": date(2025, 5, 1), "end": date(2025, 8, 1)},
        {"start": date(2025, 11, 1), "end": date(2025, 11, 21), "minimum_n": 1},
        {"start": date(2025, 2, 1), "end": date(2025, 11, 21), "period": "month"},
    ],
}
TIER = {"small": "tier 1", "torn": "1"}
SCOPES = {
    "small": {"teams": "mobile", "services": "search-new", "actions": "grant-access"},
    "torn": {"teams": "a", "services": "moved", "actions": "db"},
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    """A world with and without what is kept, published when it is first asked for."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(cube, "ROWS_OF_A_CHUNK", 60)  # several chunks in so small a world
        yield cache(lambda kind: stack.enter_context(_published(tmp_path_factory.mktemp(kind), kind)))


# A team and a tier none of whose services ever belonged to another.
WHOLE = {"mobile": ("mobile", "tier 2"), "a": ("plat", "2")}


def _filters(metric: Metric, by: str, scopes: Mapping[str, str], tier: str) -> Iterator[Filter]:
    groupings = {"teams": "team", "services": "service", "actions": "action"}
    yield Filter()
    if by == "organisation" and metric.takes("tiers"):
        yield Filter(tiers=(tier,))
    for name, scope in scopes.items():
        is_told_apart = groupings[name] in metric.by or (name == "services" and metric.takes(name))
        if is_told_apart and by == "organisation":
            yield Filter(**{name: (scope,)})  # type: ignore[arg-type]
        elif name == "teams" and by == "action":
            yield Filter(teams=(scope,))
        elif name == "teams" and by == "service":
            team, tier = WHOLE[scope]
            yield Filter(teams=(team,))
            yield Filter(tiers=(tier,))
        elif groupings[name] == by:
            yield Filter(**{name: (scope, "nobody")})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["torn", pytest.param("small", marks=pytest.mark.full)])
@pytest.mark.parametrize("name", CATALOG)
def test_what_is_read_from_a_cube_is_what_is_computed(
    name: str, kind: str, published: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, plain = published(kind)
    asks: list[dict[str, Any]] = [
        {"by": by, "where": where, **asked}
        for by in CATALOG[name].by
        for where in _filters(CATALOG[name], by, SCOPES[kind], TIER[kind])
        for asked in ASKED[kind]
    ]
    computed = [compute(name, plain, **ask) for ask in asks]
    monkeypatch.setattr(door, "measured", None)  # nothing can be worked out from here on
    for ask, frame in zip(asks, computed, strict=True):
        assert is_same(compute(name, kept, **ask), frame), ask


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("change_lead_time", {"start": date(2025, 5, 2)}),
        ("change_lead_time", {"end": date(2025, 11, 19)}),
        ("change_lead_time", {"where": Filter(teams=("a", "b"))}),
        ("change_lead_time", {"where": Filter(tiers=("2",))}),
        ("change_lead_time", {"where": Filter(tiers=("1",)), "by": "team"}),
        ("change_lead_time", {"where": Filter(teams=("a",), services=("moved",))}),
        ("change_lead_time", {"where": Filter(teams=("nobody",))}),
        ("change_lead_time", {"where": Filter(teams=("a",)), "by": "service"}),
        ("change_lead_time", {"clock": "merged"}),
        ("self_service_share", {"where": Filter(services=("moved", "gone"))}),
        ("self_service_share", {"where": Filter(services=("nobody",))}),
        ("self_service_share", {"where": Filter(services=("moved",)), "by": "team"}),
        ("self_service_share", {"where": Filter(teams=("a", "b")), "by": "action"}),
        # Its rows are there in some periods only, for nobody owns it; the organisation has every period.
        (
            "change_lead_time",
            {"where": Filter(teams=("unassigned",)), "start": date(2024, 11, 1), "period": "month"},
        ),
    ],
)
def test_what_is_no_part_of_a_cube_is_worked_out(
    name: str, ask: dict[str, Any], published: Publisher
) -> None:
    kept, plain = published("torn")
    asked = {
        "start": date(2025, 5, 1),
        "end": date(2025, 11, 21),
        "by": "organisation",
        "period": "quarter",
    } | ask
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "measured", _refuse)
        with pytest.raises(AssertionError, match="worked out"):
            compute(name, kept, **asked)
    assert is_same(compute(name, kept, **asked), compute(name, plain, **asked))


def _refuse(*_: Any) -> pd.DataFrame:
    raise AssertionError("worked out")


@pytest.mark.parametrize("name", CATALOG)
def test_a_query_asks_of_its_window_only_whether_a_day_is_in_it(name: str) -> None:
    """What a period counts would otherwise depend on the window around it, and no cell could stand for it."""
    sql = CATALOG[name].sql
    days = re.findall(r"([\w.]+) >= \$start AND \1 < \$end", sql)
    rest = re.sub(r"([\w.]+) >= \$start AND \1 < \$end", "", sql)
    rest = re.sub(r"period_of\(([\w.]+), \$period, \$start\)", "", rest)
    assert days
    assert not re.findall(r"\$start|\$end|\$period", rest)


def test_a_period_is_found_only_where_it_has_the_same_days() -> None:
    cut = Cut(date(2025, 1, 1), date(2025, 12, 2), "month")

    def found(start: date, end: date, period: str = "window") -> tuple[int, int] | None:
        return places_in(cut, Question(start, end, period=period), 1)  # type: ignore[arg-type]

    assert found(date(2025, 3, 1), date(2025, 4, 1)) == (2, 3)
    assert found(date(2025, 12, 1), date(2025, 12, 2)) == (11, 12)
    assert found(date(2025, 3, 1), date(2025, 6, 1), "month") == (2, 5)
    # Two months are no cell; a month cut short, or one that runs longer than what is kept, is another.
    assert found(date(2025, 3, 1), date(2025, 5, 1)) is None
    assert found(date(2025, 3, 2), date(2025, 4, 1)) is None
    assert found(date(2025, 3, 2), date(2025, 6, 1), "month") is None
    assert found(date(2025, 12, 1), date(2025, 12, 3)) is None
    assert found(date(2024, 12, 1), date(2025, 2, 1), "month") is None
    assert found(date(2025, 3, 1), date(2025, 6, 1), "quarter") is None


def test_a_period_that_a_window_cuts_short_is_called_by_its_own_first_day() -> None:
    spans = spans_of(date(2025, 1, 15), date(2025, 3, 10), "month", 1)
    assert [(span.label, span.first, span.end) for span in spans] == [
        (date(2025, 1, 1), date(2025, 1, 15), date(2025, 2, 1)),
        (date(2025, 2, 1), date(2025, 2, 1), date(2025, 3, 1)),
        (date(2025, 3, 1), date(2025, 3, 1), date(2025, 3, 10)),
    ]


def test_only_cubes_tell_teams_and_actions_apart(published: Publisher) -> None:
    kept, _ = published("torn")
    with pytest.raises(ParameterError, match="not given by team and action"):
        compute("self_service_share", kept, date(2025, 5, 1), date(2025, 8, 1), by="team and action")  # type: ignore[arg-type]
