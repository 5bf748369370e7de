"""A change of assumptions shows what it does to the last report."""

from pathlib import Path

import pytest

from tests.service.command import Payoff, text_of
from tests.service.report_world import QUARTER, published


@pytest.fixture
def edit(payoff: Payoff, tmp_path: Path) -> Payoff:
    published(tmp_path)
    return lambda *arguments: payoff("ledger", *arguments, "--by", "finance")


def test_an_edit_shows_headlines_and_lines_before_and_after(edit: Payoff) -> None:
    said = text_of(edit("edit", "salary", "--low", "165000", "--likely", "165000", "--high", "165000"))
    assert f"{QUARTER}, EUR, if it had held in that quarter:" in said
    # A tenth more for an hour: 18,900 more of B1 and 2,880 of B2.
    assert "net, cash capacity and risk: 71,800.00 to 93,580.00" in said
    assert "B1 Self-service instead of a ticket: 189,000.00 to 207,900.00" in said
    assert "B2 How-to tickets avoided: 28,800.00 to 31,680.00" in said
    assert "C2" not in said


def test_a_proposal_is_shown_as_if_it_were_approved_and_a_later_one_as_if_it_had_held(edit: Payoff) -> None:
    given = ("--low", "0.6", "--likely", "0.6", "--high", "0.6", "--valid-from", "2026-04-01")
    said = text_of(edit("propose", "realisation", *given))
    assert "It holds from 2026-04-01 on, so that quarter stays." in said
    # 189,000 and 28,800 at 0.6 instead of 0.5.
    assert "net, cash and capacity: -24,200.00 to 19,360.00" in said


def test_taking_a_figure_back_leaves_its_lines_unknown(edit: Payoff) -> None:
    said = text_of(edit("reject", "downtime_cost_per_hour"))
    assert "B4 Downtime from failed changes: 96,000.00 to unknown" in said


def test_a_figure_that_no_line_needs_changes_nothing(edit: Payoff) -> None:
    given = ("--likely", "5", "--source", "log", "--owner", "operations", "--valid-from", "2024-01-01")
    assert "no line of the report would differ" in text_of(edit("edit", "incident_responders", *given))
