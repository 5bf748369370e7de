"""The rows behind the lines of Data health: as many as the line says, and no others."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.questions.linkage import linkage, linkage_rows
from dashboards.questions.sources import look, names
from dashboards.trust.audit import exclusions_of_keys
from dashboards.trust.behind import (
    check_rows,
    left_out_rows,
    scope_rows,
    size_rows,
    skipped_rows,
    unmapped_rows,
)
from dashboards.words.windows import twelve_months
from metrics.scope import Filter
from tests.dashboards.conftest import Opener
from tests.dashboards.organisation import END
from tests.dashboards.test_data_health import troubled  # noqa: F401  a fixture
from tests.dashboards.test_pages import texts
from tests.dashboards.worlds import State
from warehouse.publish import Snapshot

World = Callable[[State], Path]


@pytest.fixture
def facts(troubled: Path) -> Facts:  # noqa: F811
    return Facts(Snapshot.open(troubled))


def view(facts: Facts, **rest: tuple[str, ...]) -> View:
    return View(twelve_months(facts.today), Filter(), 14, "all", {}, {}, **rest)


def test_every_way_of_tying_opens_as_many_rows_as_it_counts(facts: Facts) -> None:
    found = linkage(facts, view(facts))
    for line in found.itertuples():
        rows = linkage_rows(facts, view(facts), str(line.kind), str(line.method))
        assert len(rows) == line.n
        assert not rows.iloc[:, 0].duplicated().any()
    assert linkage(facts, view(facts, sources=("another",))).empty


def test_every_reason_opens_the_rows_that_it_left_out(facts: Facts) -> None:
    lines = exclusions_of_keys(facts, view(facts))
    assert len(lines)
    for _, line in lines.iterrows():
        assert len(left_out_rows(facts, view(facts), line).rows) == line["rows"]


def test_names_items_checks_scopes_and_sizes_open(facts: Facts) -> None:
    found, identified = look(facts, END), names(facts)
    assert identified is not None
    (stray,) = identified.unmapped
    assert list(unmapped_rows(facts, stray).rows["incident_id"]) == ["stray"]
    (skipped,) = [skipped_rows(facts, line).rows for _, line in found.skipped.iterrows()]
    assert list(skipped["item"]) == ["run-17"]
    checks = found.checks.set_index("check_name", drop=False)
    sample = check_rows(checks.loc["incidents_unknown_deployment"])
    assert list(sample.rows["incident_id"]) == ["odd"]
    assert sample.note == "A check keeps a sample: 1 of 1."
    scopes = [scope_rows(facts, line).rows for _, line in found.resources.iterrows()]
    assert [rows["scope_id"].nunique() for rows in scopes] == list(found.resources["n_scopes"])
    sizes = size_rows(facts, found.sizes.iloc[0]).rows
    assert sizes["n_rows"].sum() == found.sizes["n_rows"].iloc[0]


def test_a_sample_that_is_no_list_is_shown_as_it_is() -> None:
    line = pd.Series({"check_name": "c", "sample": "not json", "n_offending": 3})
    assert list(check_rows(line).rows["sample"]) == ["not json"]


def test_the_filter_of_sources_narrows_the_data_and_says_that_it_narrows_no_figure(
    world_in: World, open_page: Opener
) -> None:
    marts = world_in("stale")
    said = texts(open_page(marts, "data_health", source="desk"))
    assert "The only source is current" in said
    assert "Tied or typed: 100 % of tickets" in said
    said = texts(open_page(marts, "delivery", source="desk"))
    assert "Chosen sources: desk." in said
    assert "are not narrowed" in said
