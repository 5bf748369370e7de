"""What a digest says of the money: the range of the last quarter that is over, what moved, what waits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboards.digest.content import Line
from dashboards.questions.published import Published
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.roi.changes import change_sentence, ledger_changes, line_changes
from dashboards.roi.decisions import decisions
from dashboards.words.goals import decision_words
from dashboards.words.values import count
from metrics.goals.judging import goals_in, judged_goals
from metrics.roi.ledger import ledger_in
from warehouse.goals import scope_name

_MOST_CHANGES = 2
_MOST_FIGURES = 2
_MOST_DECISIONS = 2


@dataclass(frozen=True, slots=True)
class Told:
    """The money of a quarter and of the one before."""

    now: Money
    before: Money


def money_lines(told: Told | None, trouble: str, is_narrowed: bool) -> tuple[Line, ...]:
    """The verdict on the quarter as the report has it, and what is not in it."""
    return tuple(Line(line) for line in _money_lines(told, trouble, is_narrowed))


def _money_lines(told: Told | None, trouble: str, is_narrowed: bool) -> Iterator[str]:
    if told is None or not told.now.is_known:
        yield f"The return is **not known**: {trouble or 'no line of it could be computed.'}"
        return
    yield f"{text.verdict_sentence(told.now)} {text.missing_sentence(told.now)}".rstrip()
    if not told.now.is_over:
        yield f"**{text.quarter_name(told.now)} is not over** in this data."
    if told.now.accepted:
        yield f"Figures that the trust gate refuses are in it, accepted because: {told.now.accepted}"
    if is_narrowed:
        yield "The money is of the whole organisation."


def money_changes(told: Told, settled: Published) -> tuple[Line, ...]:
    """The lines that moved most since the quarter before, and figures of the ledger that changed."""
    earlier, currency = text.quarter_name(told.before), told.now.result.currency
    found = line_changes(told.now, told.before)[:_MOST_CHANGES]
    changes = [change_sentence(change, currency, earlier) for change in found]
    figures = ledger_changes(ledger_in(settled.snapshot), told.now)
    return tuple(Line(line) for line in (*changes, *_first(figures, _MOST_FIGURES)))


def decision_lines(
    published: Published, told: Told | None, reports: Path, teams: Sequence[str]
) -> tuple[Line, ...]:
    """What waits for somebody, each with what settles it; of the same goals as the page of these teams."""
    found = _goals(published, teams)
    if told is None:
        what = "The rest is not" if found else "Not"
        found.append(f"{what} known, since the return is not: `payoff roi` says what is missing.")
    else:
        found += decisions(published, told.now, ledger_in(published.snapshot), reports)
    if not found:
        return (Line("Nothing waits for a decision."),)
    return tuple(Line(line) for line in _first(found, _MOST_DECISIONS))


def _goals(published: Published, teams: Sequence[str]) -> list[str]:
    if len(teams) > 1:
        return []
    scopes = [scope_name("team", teams[0]) if teams else scope_name("organisation")]
    goals = goals_in(published.snapshot)
    judged = judged_goals(published.snapshot, goals, scopes=scopes) if goals.entries else ()
    return [words for goal in judged if (words := decision_words(goal, published.today))]


def _first(lines: list[str], most: int) -> list[str]:
    """The first of them, and how many more there are."""
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], f"{count(rest)} more on the page."]
