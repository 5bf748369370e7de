"""The two CSV files of the quarterly report, from which finance recomputes every amount.

Of a line: sign · quantity · unit_value · attribution · realisation · other = amount_point, rounded to the
cent, half away from zero. A figure whose source is refused by the trust gate is empty, with the reason in
``method_note``; an empty cell is a figure that is not available, never zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from dashboards.words.simulated import marked_note
from dashboards.words.spreadsheet import csv_text
from metrics.quarters import Quarter
from metrics.roi.lines import Line, cents
from metrics.trust import SourceState, verdict_on

LINE_COLUMNS = (
    *("report_id", "model_version", "config_sha256", "generated_at", "period", "period_start", "period_end"),
    *("scope_type", "scope_id", "currency", "line_id", "line_name", "category", "class", "in_headline"),
    *("driver", "sign", "quantity", "quantity_unit", "unit_value", "unit_value_unit"),
    *("attribution_factor", "realisation_factor", "other_factor"),
    *("amount_point", "amount_p10", "amount_p50", "amount_p90", "discount_factor", "amount_pv"),
    *("evidence_grade", "n_observations", "data_completeness_pct", "baseline_period"),
    *("source_systems", "method_note"),
)
SUMMARY_COLUMNS = ("report_id", "period", "metric", "basis", "point", "p10", "p50", "p90", "unit")
_FIGURES = (
    *("quantity", "unit_value", "attribution_factor", "realisation_factor", "other_factor"),
    *("amount_point", "amount_p10", "amount_p50", "amount_p90", "discount_factor", "amount_pv"),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one edition of a report from another; ``generated_at`` is aware."""

    report_id: str
    model_version: str
    config_sha256: str
    generated_at: datetime


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A figure of the summary; ``None`` is not available."""

    metric: str
    basis: str
    point: float | Decimal | None = None
    p10: float | Decimal | None = None
    p50: float | Decimal | None = None
    p90: float | Decimal | None = None
    unit: str = ""


def line_rows(
    lines: Iterable[Line],
    stamp: Stamp,
    quarter: Quarter,
    states: Sequence[SourceState],
    *,
    accepted: str = "",
    is_simulated: bool = False,
) -> list[dict[str, Any]]:
    """The rows of ``roi_lines_<quarter>.csv`` by column, in the order of the lines.

    ``accepted`` is the stated reason for which refused figures are printed after all.
    """
    head = {
        "report_id": stamp.report_id,
        "model_version": stamp.model_version,
        "config_sha256": stamp.config_sha256,
        "generated_at": stamp.generated_at,
        "period": quarter.name,
        "period_start": quarter.start,
        "period_end": quarter.last_day,
    }
    rows: list[dict[str, Any]] = [head | line_row(line, states, accepted) for line in lines]
    for row in rows:
        row["method_note"] = marked_note(row["method_note"], is_simulated=is_simulated)
    return rows


def line_row(line: Line, states: Sequence[SourceState], accepted: str = "") -> dict[str, Any]:
    """One row without what tells its edition from another."""
    needs = line.kind.needs
    verdict, stamps = verdict_on(states, needs)
    row = _figures_of(line) | {
        "source_systems": _systems(needs, states),
        "method_note": "; ".join(filter(None, [line.method_note, *_notes(verdict, stamps, accepted)])),
    }
    return row if verdict != "refused" or accepted else row | dict.fromkeys(_FIGURES)


def _figures_of(line: Line) -> dict[str, Any]:
    kind, spread = line.kind, line.spread
    return {
        "scope_type": line.scope_type,
        "scope_id": line.scope_id,
        "currency": line.currency,
        "line_id": kind.line_id,
        "line_name": kind.name,
        "category": kind.category,
        "class": kind.class_,
        "in_headline": kind.is_in_headline,
        "driver": kind.driver,
        "sign": kind.sign,
        "quantity": line.quantity,
        "quantity_unit": kind.quantity_unit.format(currency=line.currency),
        "unit_value": line.unit_value,
        "unit_value_unit": kind.unit_value_unit.format(currency=line.currency),
        "attribution_factor": line.attribution,
        "realisation_factor": line.realisation,
        "other_factor": line.other,
        "amount_point": line.amount_point,
        "amount_p10": money(spread.p10),
        "amount_p50": money(spread.p50),
        "amount_p90": money(spread.p90),
        "discount_factor": line.discount_factor,
        "amount_pv": line.amount_pv,
        "evidence_grade": line.grade,
        "n_observations": line.n_observations,
        "data_completeness_pct": None if line.completeness is None else round(100 * line.completeness, 1),
        "baseline_period": line.baseline_period or None,
    }


def money(amount: float | None) -> Decimal | None:
    """An amount of draws, to the cent."""
    return None if amount is None else cents(Decimal(repr(float(amount))))


def _systems(needs: Iterable[str], states: Iterable[SourceState]) -> str:
    """Which source gave which rows: ``jira tickets; portal action_runs``."""
    sources = {state.resource: state.sources for state in states}
    return "; ".join(f"{'+'.join(sources[need])} {need}" if need in sources else need for need in needs)


def _notes(verdict: str, stamps: Sequence[str], accepted: str) -> list[str]:
    if not stamps:
        return []
    word = "stamped"
    if verdict == "refused":
        word = f"accepted although refused ({accepted})" if accepted else "refused"
    return [f"{word}: {stamp}" for stamp in stamps]


def lines_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """The text of ``roi_lines_<quarter>.csv``."""
    return csv_text(LINE_COLUMNS, ([row[column] for column in LINE_COLUMNS] for row in rows))


def summary_csv(rows: Iterable[SummaryRow], report_id: str, period: str) -> str:
    """The text of ``roi_summary_<quarter>.csv``."""
    return csv_text(
        SUMMARY_COLUMNS,
        (
            [report_id, period, row.metric, row.basis, row.point, row.p10, row.p50, row.p90, row.unit]
            for row in rows
        ),
    )
