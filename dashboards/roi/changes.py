"""What changed in the money since the quarter before, line by line, and what moved in each. No causes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from dashboards.questions.quarter import Money, held_versions
from dashboards.report import text
from dashboards.roi.frames import lines_of
from dashboards.words.values import amount_text, day_text
from metrics.roi.lines import Kind, Line
from warehouse.ledger import Ledger

_FACTORS = (
    ("unit_value", "the unit value"),
    ("attribution", "the attribution"),
    ("realisation", "the realisation"),
    ("other", "the other factor"),
)


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the headline now and before; ``None`` could not be computed. ``moved`` says what moved."""

    kind: Kind
    now: Decimal | None
    before: Decimal | None
    moved: str

    @property
    def size(self) -> Decimal:
        """How far the net moved by it; a line that is new or gone counts with its amount."""
        return (self.now or Decimal(0)) - (self.before or Decimal(0))


def line_changes(now: Money, before: Money) -> list[LineChange]:
    """The lines of the headline that moved, the largest first."""
    new, old = _amounts(now), _amounts(before)
    kinds = {t.kind.line_id: t.kind for t in (*before.result.totals, *now.result.totals)}
    changes = [
        LineChange(kinds[line_id], new.get(line_id), old.get(line_id), _moved(now, before, line_id))
        for line_id in sorted({*new, *old})
    ]
    return sorted((c for c in changes if c.size), key=lambda c: -abs(c.size))


def change_frame(changes: Sequence[LineChange]) -> pd.DataFrame:
    """One row per line: likely amounts now and before (empty: not computed), and what moved."""
    columns = ["line_id", "line", "point", "previous_point", "change", "moved"]
    return pd.DataFrame(
        [
            [c.kind.line_id, c.kind.name, _float(c.now), _float(c.before), float(c.size), c.moved]
            for c in changes
        ],
        columns=columns,
    )


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _amounts(money: Money) -> dict[str, Decimal]:
    refused = set(money.refused)
    return {
        t.kind.line_id: t.amount.point
        for t in money.result.totals
        if t.kind.is_in_headline and t.kind not in refused
    }


def _moved(now: Money, before: Money, line_id: str) -> str:
    new, old = lines_of(now, line_id), lines_of(before, line_id)
    if not new or not old:
        return ""
    return "; ".join(_movements(new, old, now.result.currency))


def _movements(new: Sequence[Line], old: Sequence[Line], currency: str) -> Iterator[str]:
    unit = new[0].kind.quantity_unit.format(currency=currency)
    quantity, earlier = (float(sum(line.quantity for line in lines)) for lines in (new, old))
    if quantity != earlier and unit == currency:
        yield f"{amount_text(quantity, currency)}, after {amount_text(earlier, currency)}"
    elif quantity != earlier:
        yield f"{text.value_of(quantity)} {unit}, after {text.value_of(earlier)}"
    for name, words in _FACTORS:
        values, befores = ({getattr(line, name) for line in lines} for lines in (new, old))
        if values != befores and len(values) == len(befores) == 1:
            yield f"{words} {text.value_of(float(values.pop()))}, after {text.value_of(float(befores.pop()))}"


def change_sentence(change: LineChange, currency: str, earlier: str) -> str:
    """``Platform team: EUR −467,360, after EUR −450,000 in Q2 2026 (16 people, after 15)``"""
    name = f"**{change.kind.name}**"
    if change.now is None:
        gone = amount_text(change.before or 0, currency)
        return f"{name} could not be computed; it was {gone} in {earlier}."
    now = amount_text(change.now, currency)
    if change.before is None:
        return f"{name}: {now}; in {earlier} it could not be computed."
    moved = f" ({change.moved})" if change.moved else ""
    return f"{name}: {now}, after {amount_text(change.before, currency)} in {earlier}{moved}."


def ledger_changes(ledger: Ledger, now: Money) -> list[str]:
    """Versions of figures that began to hold in the quarter, in place of another."""
    held, earlier = held_versions(ledger, now.quarter), held_versions(ledger, now.quarter.previous)
    return [
        f"**{text.figure_name(label)}**: {text.value_of(entry.values.likely)} {entry.values.unit} since "
        f"{day_text(entry.values.valid_from)}, before {text.value_of(earlier[label].values.likely)} "
        f"({entry.values.source})."
        for label, entry in held.items()
        if label in earlier and earlier[label].values != entry.values
    ]
