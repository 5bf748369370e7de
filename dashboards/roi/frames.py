"""The money of a quarter as frames, for tables and files. Empty is not available, never zero."""

from collections.abc import Iterable

import pandas as pd

from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.report.files import line_row
from metrics.roi.lines import Line
from metrics.roi.result import Amount, LineTotal

_GRADES = ("assumed", "estimated", "measured")


def headline_frame(money: Money) -> pd.DataFrame:
    """One row per headline that is not refused: net, benefit, cost, chance, return, payback, worth."""
    return pd.DataFrame(
        {
            "basis": h.basis,
            **_amounts("net", h.net),
            "benefit_point": float(h.benefit.point),
            "cost_point": float(h.cost.point),
            "p_net_positive": h.p_net_positive,
            "return_on_investment": h.return_on_investment.value,
            "payback_quarters": h.finance.payback_quarters.value,
            "net_present_value": h.finance.net_present_value,
            "currency": money.result.currency,
        }
        for h in money.result.headlines
        if not money.is_refused(h.basis)
    )


def _amounts(name: str, amount: Amount) -> dict[str, float]:
    spread = amount.spread
    return {
        f"{name}_point": float(amount.point),
        f"{name}_p10": round(spread.p10, 2),
        f"{name}_p50": round(spread.p50, 2),
        f"{name}_p90": round(spread.p90, 2),
    }


def total_frame(money: Money) -> pd.DataFrame:
    """One row per line over all teams; a refused one has no amounts."""
    refused = set(money.refused)
    rows = [_total(money, total, is_refused=total.kind in refused) for total in money.result.totals]
    columns = ["line_id", "line", "counts_as", "point", "p10", "p50", "p90", "evidence", "n", "baseline"]
    return pd.DataFrame(rows, columns=columns)


def _total(money: Money, total: LineTotal, *, is_refused: bool) -> list[object]:
    lines = lines_of(money, total.kind.line_id)
    spread = total.amount.spread
    amounts: list[float | None] = [float(total.amount.point), spread.p10, spread.p50, spread.p90]
    known = [line.n_observations for line in lines if line.n_observations is not None]
    return [
        total.kind.line_id,
        total.kind.name,
        text.CLASS_NAMES[total.kind.class_],
        *([None] * 4 if is_refused else (None if value is None else round(value, 2) for value in amounts)),
        weakest(line.grade for line in lines),
        sum(known) if known else None,
        next((line.baseline_period for line in lines if line.baseline_period), ""),
    ]


def weakest(grades: Iterable[str]) -> str:
    """The weakest of evidence grades."""
    found = set(grades)
    return next((grade for grade in _GRADES if grade in found), "")


def lines_of(money: Money, line_id: str) -> list[Line]:
    """The rows of a line, one for each team and one for what no team can be charged with."""
    return [line for line in money.result.lines if line.kind.line_id == line_id]


def team_frame(money: Money, line_id: str) -> pd.DataFrame:
    """The rows of a line as the quarterly file has them: the factors multiply to the amount."""
    kept = (
        *("scope_id", "sign", "quantity", "quantity_unit", "unit_value", "unit_value_unit"),
        *("attribution_factor", "realisation_factor", "other_factor", "amount_point", "amount_p10"),
        *("amount_p50", "amount_p90", "evidence_grade", "n_observations", "data_completeness_pct"),
        *("baseline_period", "source_systems", "method_note"),
    )
    rows = [line_row(line, money.states) for line in lines_of(money, line_id)]
    frame = pd.DataFrame(rows, columns=list(kept))
    for column in (
        name for name in kept if name.endswith(("value", "factor", "quantity")) or "amount" in name
    ):
        frame[column] = pd.to_numeric(frame[column].map(lambda cell: None if cell is None else float(cell)))
    return frame


def tornado_frame(money: Money) -> pd.DataFrame:
    """One row per figure: its percentiles, and the net at them with all others at their P50."""
    columns = ["figure", "p10", "p50", "p90", "net_at_p10", "net_at_p50", "net_at_p90"]
    return pd.DataFrame(
        [
            [
                *(bar.name, bar.p10, bar.p50, bar.p90),
                *(bar.result_at_p10, bar.result_at_p50, bar.result_at_p90),
            ]
            for bar in money.result.tornado
        ],
        columns=columns,
    )


def flow_frame(money: Money) -> pd.DataFrame:
    """Net and net so far by quarter and basis; ``is_projected`` marks quarters ahead."""
    rows = []
    for headline in money.result.headlines:
        if money.is_refused(headline.basis):
            continue
        reached = 0.0
        for flow in headline.finance.flows:
            reached += float(flow.net)
            rows.append([headline.basis, flow.quarter, float(flow.net), reached, flow.is_projected])
    return pd.DataFrame(rows, columns=["basis", "quarter", "net", "net_so_far", "is_projected"])
