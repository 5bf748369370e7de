"""The catalogue: every metric can be found, read in full, and linked to."""

from pathlib import Path

import pytest

from dashboards.trust.catalogue_panels import found_metrics, history_of
from metrics.catalog import CATALOG, metric_named, parse_metric
from tests.dashboards.conftest import Opener
from tests.dashboards.test_pages import texts


def test_the_list_has_every_metric(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "catalogue")
    assert not app.exception
    assert set(app.dataframe[0].value["name"]) == set(CATALOG)


@pytest.mark.parametrize("name", ["change_fail_rate", "retention"])
def test_a_link_opens_one_metric_with_all_that_is_written_of_it(
    small_organisation: Path, open_page: Opener, name: str
) -> None:
    app = open_page(small_organisation, "catalogue", metric=name)
    assert not app.exception
    metric, said = metric_named(name), texts(app)
    assert metric.definition in said
    assert metric.source in said
    assert all(caveat in said for caveat in metric.caveats)
    assert "Version 1: as first published" in said
    codes = [code.value for code in app.code]
    assert metric.sql in codes
    assert any(code.endswith(f"?metric={name}") for code in codes)


def test_a_link_to_an_unknown_metric_says_so(small_organisation: Path, open_page: Opener) -> None:
    app = open_page(small_organisation, "catalogue", metric="velocity")
    assert "no metric 'velocity'" in app.warning[0].value


def test_a_former_name_finds_the_metric_and_names_come_before_queries() -> None:
    former = {name: metric.also_called for name, metric in CATALOG.items() if metric.also_called}
    for name, words in former.items():
        assert name in [metric.name for metric in found_metrics(words[0])]
    assert found_metrics("fail rate")[0].name == "change_fail_rate"
    assert found_metrics("no such words anywhere") == []


def test_a_later_version_says_what_it_changed() -> None:
    text = (
        "/* ---\nname: m\ntitle: M\nunit: ratio\nbetter: lower\nstatistic: rate\ngrain: [scope_id]\n"
        "needs: [changes]\nminimum_n: 1\nowner: us\ndefinition: D.\nsource: https://example.com\n"
        "version: 2\n{history}--- */\nWITH evidence AS (SELECT 1)\n-- figures\nSELECT 1"
    )
    metric = parse_metric(text.format(history="history: [bots are left out]\n"))
    assert history_of(metric) == ("Version 1: as first published", "Version 2: bots are left out")
    with pytest.raises(ValueError, match="history"):
        parse_metric(text.format(history=""))
