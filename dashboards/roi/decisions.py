"""What needs a decision: figures nobody stated, sources that are not well, unmapped names, proposals."""

from collections.abc import Iterator
from pathlib import Path

from dashboards.questions.published import Published
from dashboards.questions.quarter import Money, waiting_entries
from dashboards.report import text
from dashboards.words.values import count, in_currency, share_text, short_text, with_days
from metrics.roi.assumptions import DEFAULT_SOURCE
from warehouse.frozen import version_folders
from warehouse.ledger import Ledger

_TABLES = "SELECT table_name FROM duckdb_tables() WHERE table_name = 'unmapped_names'"
_UNMAPPED = (
    "SELECT source, kind, outside_id, table_name, share FROM unmapped_names ORDER BY share DESC, outside_id"
)


def decisions(facts: Published, money: Money, ledger: Ledger, reports: Path) -> list[str]:
    """Each as a sentence with the command that settles it; empty where nothing waits.

    ``reports`` is the folder of the frozen reports.
    """
    lines = [*_missing(money), *_unconfirmed(money), *_sources(money), *_proposals(ledger)]
    if len(facts.rows(_TABLES)):
        lines += _unmapped(facts)
    return [*lines, *_unfrozen(money, reports)]


def _missing(money: Money) -> Iterator[str]:
    """Lines that wait for the same thing are one decision."""
    waiting: dict[str, list[str]] = {}
    for each in money.result.missing:
        waiting.setdefault(with_days(each.reason), []).append(f"{each.kind.line_id} {each.kind.name}")
    for reason, lines in waiting.items():
        yield f"**{', '.join(lines)}** left out: {reason}."


def _unconfirmed(money: Money) -> Iterator[str]:
    """The default that the net hangs on most."""
    defaults = {f.label for f in money.result.figures if f.source == DEFAULT_SOURCE}
    bar = next((bar for bar in money.result.tornado if bar.name in defaults), None)
    if bar is not None:
        name = text.figure_name(bar.name)
        swing = in_currency(short_text(bar.swing), money.result.currency)
        yield (
            f"**{count(len(defaults))} figures** are defaults that nobody confirmed; of them {name.lower()} "
            f"moves the net most, by {swing} between its P10 and P90: `payoff ledger edit`."
        )


def _sources(money: Money) -> Iterator[str]:
    for state in money.states:
        if state.stamp:
            when = text.quarter_name(money)
            yield f"**{state.resource}** {state.verdict} in {when}: {state.stamp}: `payoff doctor`."


def _proposals(ledger: Ledger) -> Iterator[str]:
    waiting = waiting_entries(ledger)
    if waiting:
        names = ", ".join(sorted({text.figure_name(entry.key) for entry in waiting})[:3])
        yield f"**{count(len(waiting))} proposed figures** wait in the ledger ({names}): `payoff ledger`."


def _unmapped(facts: Published) -> Iterator[str]:
    names = facts.rows(_UNMAPPED)
    if len(names):
        first = names.iloc[0]
        # A name from outside stands as code, where Markdown and Slack read nothing into it.
        name = str(first["outside_id"]).replace("`", "'")
        rows = str(first["table_name"]).replace("_", " ")
        yield (
            f"**{count(len(names))} names** of other systems are tied to nothing of ours; most of all "
            f"{first['kind']} `{name}` of {first['source']}, "
            f"{share_text(float(first['share']), 1.0)} of its {rows}: `payoff mapping`."
        )


def _unfrozen(money: Money, reports: Path) -> Iterator[str]:
    name = money.quarter.name
    if money.is_over and money.is_known and not version_folders(reports, name):
        yield f"**{text.quarter_name(money)}** is over and not frozen: `payoff report --quarter {name}`."
