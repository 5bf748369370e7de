"""The overview's money: ranges, what changed since the quarter before, and what needs a decision."""

from pathlib import Path

import pytest

from tests.dashboards.conftest import Opener
from tests.dashboards.test_pages import texts
from tests.dashboards.test_roi_page import drawn
from tests.metrics.roi.reference import LEDGER
from tests.service.command import run_payoff
from tests.service.report_world import QUARTER, given, published


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("overview")
    rows = given()
    # The quarter before cost 200,000 of infrastructure instead of 260,000.
    earlier = rows["inputs"][0] | {"from_on": "2025-07-01", "to_on": "2025-10-01", "value": 200_000}
    published(directory, rows | {"inputs": [*rows["inputs"], earlier]})
    return directory


def test_net_value_and_return_are_ranges_against_the_quarter_before(folder: Path, open_page: Opener) -> None:
    app = open_page(folder / "data" / "marts")
    assert not app.exception
    said = texts(app)
    assert "Net value" in said
    assert "P(net > 0) = " in said
    assert "Likely 71.8k" in said
    # 71,800 over 260,000 of cost.
    assert "Likely 28 %" in said
    assert "Net over a cost of 260k" in said
    assert "In Q4 2025 the platform returned EUR 71,800 more than it cost" in said
    assert "EUR" in drawn(app)
    # -200,000 before, so 271,800 more.
    assert "The likely net is EUR 271,800 more than in Q3 2025" in said
    assert "Platform infrastructure: EUR −260,000, after EUR −200,000 in Q3 2025" in said.replace("**", "")


def test_what_waits_is_named_with_its_command_and_goes_once_settled(
    folder: Path, tmp_path: Path, open_page: Opener
) -> None:
    said = texts(open_page(folder / "data" / "marts"))
    assert "left out: nobody stated initiatives" in said
    assert f"payoff report --quarter {QUARTER}" in said
    published(tmp_path, ledger=[each for each in LEDGER if each.key != "realisation"])
    assert "defaults that nobody confirmed; of them realisation moves the net most" in texts(
        open_page(tmp_path / "data" / "marts")
    )
    config = ("--config", str(tmp_path / "config.yaml"))
    frozen = run_payoff("report", "--quarter", QUARTER, "--output", str(tmp_path / "out"), *config)
    assert frozen.exit_code == 0
    published(tmp_path, ledger=LEDGER[:1], edition=2)
    assert f"payoff report --quarter {QUARTER}" not in texts(open_page(tmp_path / "data" / "marts"))


def test_money_in_a_currency_without_a_rate_leaves_the_rest_of_the_page(
    tmp_path: Path, open_page: Opener
) -> None:
    rows = given()
    rows["costs"][1]["billing_currency"] = "USD"
    published(tmp_path, rows)
    app = open_page(tmp_path / "data" / "marts")
    assert not app.exception
    assert any("cannot be computed" in error.value and "USD" in error.value for error in app.error)
    assert any(metric.label == "Change lead time" for metric in app.metric)
