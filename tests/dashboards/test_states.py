"""Every page in every state: full, empty, one source stale, too few, and a world in which nothing changes.

What a page shows beyond its state is in the module of its own.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboards.conftest import Opener
from tests.dashboards.test_pages import texts
from tests.dashboards.worlds import FEW, State

World = Callable[[State], Path]
YEAR = {"period": "The last 12 months"}
ONE: dict[str, dict[str, str]] = {
    "delivery": YEAR,
    "adoption": YEAR | {"measure": "Self-service share"},
    "team": YEAR | {"team": "Payments", "team-measure": "Change lead time"},
    "service": YEAR | {"service": "payments-api", "service-measure": "Change lead time"},
}
ONE_OF_FEW: dict[str, dict[str, str]] = {
    "adoption": {"measure": "Self-service share"},
    "team": {"team": "T", "team-measure": "Change lead time"},
    "service": {"service": "s", "service-measure": "Change lead time"},
}
NO_ROW = "No source has delivered a row yet"
STALE = "Stale: data to 20 Nov 2025, 01:00 Europe/Berlin"
# What each page says in each state, besides that it stands at all.
SAYS: dict[tuple[str, State], tuple[str, ...]] = {
    ("overview", "full"): ("What is left out or not known", "step 1 of 6"),
    ("overview", "empty"): (NO_ROW, "No figure can be compared yet", "matters need a decision"),
    ("overview", "stale"): (STALE, "stale: newer data is missing"),
    ("overview", "too few"): ("2 of 5 deployed changes needed", "too few to say: 4 of 10 requests needed"),
    ("overview", "null"): ("No figure shows a clear change", "Change fail rate shows no clear change"),
    ("roi", "full"): ("could not be computed", "Nothing can be said of the money of Q4 2025 yet"),
    ("roi", "empty"): (NO_ROW, "Nothing can be said of the money", "They are no zeros"),
    ("roi", "stale"): (STALE,),
    ("roi", "too few"): ("Nothing can be said of the money",),
    ("roi", "null"): ("Nothing can be said of the money",),
    ("delivery", "full"): ("Change lead time fell to", "Each against its own past"),
    ("delivery", "empty"): (NO_ROW, "No service is known in this scope", "Changes that wait: not collected"),
    ("delivery", "stale"): (STALE, "Too few services have a value"),
    ("delivery", "too few"): ("2 of 5 deployed changes needed", "0 of 1 service has enough data"),
    ("delivery", "null"): ("Change lead time shows no clear change",),
    ("adoption", "full"): ("Self-service share rose to", "Three months after their first use"),
    ("adoption", "empty"): (
        "Tickets for what self-service offers: not collected",
        "Retention: not collected",
    ),
    ("adoption", "stale"): ("Tickets to 1 Dec 2025, 01:00 Europe/Berlin; 1 of 1 team",),
    ("adoption", "too few"): ("4 of 10 requests needed", "Too few requests by one of the two ways"),
    ("adoption", "null"): ("Self-service share shows no clear change",),
    ("team", "full"): ("Median per stage", "How does this team deliver"),
    ("team", "empty"): ("Choose one team to see it against its own past",),
    ("team", "stale"): (STALE,),
    ("team", "too few"): ("2 of 5 deployed changes needed", "4 of 10 requests needed"),
    ("team", "null"): ("no clear change",),
    ("service", "full"): ("Coverage 1 of 1 service",),
    ("service", "empty"): ("Choose one service to see it against its own past",),
    ("service", "stale"): (STALE,),
    ("service", "too few"): ("2 of 5 deployed changes needed",),
    ("service", "null"): ("no clear change",),
    ("data_health", "full"): ("The only source is current", "Tied or typed:"),
    ("data_health", "empty"): (
        NO_ROW,
        "No name has been seen yet",
        "count nothing yet",
        "No item has been read",
    ),
    ("data_health", "stale"): ("Of 2 sources, forge is stale", "3 of 5 kinds of data are stale"),
    ("data_health", "too few"): ("Both sources are current", "leave out 1 row, each"),
    ("data_health", "null"): ("The only source is current",),
    ("catalogue", "full"): ("All ", " metrics"),
    ("catalogue", "empty"): (NO_ROW,),
    ("catalogue", "stale"): (STALE,),
    ("catalogue", "too few"): ("Data to 1 Dec 2025",),
    ("catalogue", "null"): ("All ",),
    ("deploy", "full"): ("Start it with payoff serve",),
    ("deploy", "empty"): ("Start it with payoff serve",),
    ("deploy", "stale"): ("Start it with payoff serve",),
    ("deploy", "too few"): ("Start it with payoff serve",),
    ("deploy", "null"): ("Start it with payoff serve",),
}
# An unknown is a word and never a cell of the machine.
MACHINE = re.compile(r"\b(nan|NaN|NaT|None|inf)\b")


@pytest.mark.parametrize(("page", "state"), SAYS, ids=lambda value: str(value).replace(" ", "-"))
def test_a_page_has_a_designed_state(page: str, state: State, world_in: World, open_page: Opener) -> None:
    app = opened(page, state, world_in, open_page)
    said = texts(app).replace("`", "")
    for needed in SAYS[page, state]:
        assert needed in said
    assert not MACHINE.search(said)
    for chart in app.get("plotly_chart"):
        # Pages hand their charts over unchecked; this refuses a part that Plotly does not know.
        go.Figure(json.loads(chart.proto.spec))
    assert len(app.title) == 1
    # A banner on every page of a simulated world, on none of a real one.
    assert ("Every figure here is simulated" in said) == (state != "empty")
    assert page in ("deploy", "team", "service") or "days in Europe/Berlin" in said
    if state == "empty":
        assert {metric.value for metric in app.metric} <= {"not collected"}
    if state == "null":
        assert not re.search(r"\b(rose|fell) (to|by)\b", said)


def test_without_a_snapshot_every_address_says_which_command_to_run(
    tmp_path: Path, open_page: Opener
) -> None:
    app = open_page(tmp_path / "nothing")
    assert not app.exception
    assert not app.metric
    assert "payoff collect" in " ".join(code.value for code in app.code)


def test_a_page_writes_its_figures_by_the_locale_of_the_organisation(
    publish: Callable[..., Path], open_page: Opener
) -> None:
    app = open_page(publish(FEW, locale="de-DE"), "data_health")
    assert not app.exception
    assert "Data to 01.12.2025, 01:00 Europe/Berlin" in texts(app)


def opened(page: str, state: State, world_in: World, open_page: Opener) -> AppTest:
    queries = ONE if state in ("full", "null") else ONE_OF_FEW
    query = {} if state == "empty" else queries.get(page, {})
    app = open_page(world_in(state), "" if page == "overview" else page, **query)
    assert not app.exception
    assert not app.error
    return app
