"""`payoff roi` over the worked reference quarter."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.metrics.roi.reference import reference_world
from tests.service.command import run_payoff


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration over a published snapshot; its ledger is empty."""
    directory = tmp_path_factory.mktemp("roi")
    with reference_world(directory / "data"):
        pass
    path = directory / "config.yaml"
    path.write_text("storage: {directory: data}\n")
    return path


def test_the_table_shows_a_loss_as_a_loss_and_names_what_is_missing(config: Path) -> None:
    result = run_payoff("roi", "--quarter", "2025-Q4", "--config", str(config))
    assert result.exit_code == 0, result.stderr
    # Nobody stated a salary, so hours are worth nothing known; the default attribution halves 18,000.
    assert "Infrastructure unit cost" in result.stdout
    assert "not in it: B1 Self-service instead of a ticket: nobody stated" in result.stdout
    assert "-251,000" in result.stdout
    assert "not paid back within the horizon" in " ".join(result.stdout.split())


def test_the_json_holds_rows_that_sum_to_the_net(config: Path) -> None:
    result = run_payoff("roi", "-q", "2025-Q4", "-f", "json", "--config", str(config))
    answer = json.loads(result.stdout)
    rows = [Decimal(line["amount_point"]) for line in answer["lines"]]
    widest = answer["headlines"][-1]
    assert sum(rows) == Decimal(widest["net"]["point"]) == Decimal("-251000.00")
    assert {each["kind"]["line_id"] for each in answer["missing"]} >= {"B1", "B3", "C1"}
    attribution = next(f for f in answer["figures"] if f["key"] == "attribution")
    assert attribution["distribution"] == {"low": 0.2, "likely": 0.5, "high": 0.9}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(("--quarter", "2025-Q5"), "is no quarter"), (("--self-service-share", "1.5"), "is no share")],
)
def test_a_wrong_wish_exits_2(config: Path, arguments: tuple[str, str], complaint: str) -> None:
    result = run_payoff("roi", *arguments, "--config", str(config))
    assert result.exit_code == 2
    assert complaint in " ".join(result.stderr.split())
