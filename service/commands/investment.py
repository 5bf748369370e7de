"""`payoff roi`: the money of a quarter, without freezing it."""

import json
import sys
from collections.abc import Iterable
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from dashboards.words.simulated import COLUMN, mark
from metrics.quarters import quarter_of
from metrics.roi.door import roi as answer
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.result import Amount, Headline, RoiResult
from metrics.roi.scenario import Scenario
from service.cli import DEFAULT_CONFIG, ConfigOption, app, day_at, narration, now, plain_errors, settings_of
from service.reports.investment import as_json
from service.storage.snapshots import open_snapshot

_NAMES = {
    "cash": "Cash",
    "cash_and_capacity": "Cash and capacity",
    "cash_capacity_and_risk": "Cash, capacity and risk",
}


@app.command()
def roi(
    config: ConfigOption = DEFAULT_CONFIG,
    quarter: Annotated[
        str | None,
        typer.Option("--quarter", "-q", help="Such as 2026-Q3. Default: the last one that is over."),
    ] = None,
    self_service_share: Annotated[
        float | None,
        typer.Option(help="What if: this share of requests, 0 to 1, went by self-service in every team."),
    ] = None,
    format_: Annotated[
        Literal["table", "json"], typer.Option("--format", "-f", help="table or json.")
    ] = "table",
) -> None:
    """Return on investment of a quarter: lines, headlines with ranges, what matters most, what is missing.

    It is computed from the newest snapshot and the approved assumptions, and freezes nothing; `payoff report`
    does. What cannot be said is listed with the reason and is no zero.

    Example: `payoff roi --quarter 2026-Q3 --self-service-share 0.8`
    """
    with plain_errors():
        settings = settings_of(config)
        start_month = settings.organisation.quarter_start_month
        wanted = quarter or quarter_of(day_at(settings, now()), start_month).previous
        scenario = None if self_service_share is None else Scenario(self_service_share)
        with open_snapshot(settings) as snapshot:
            given = assumptions_in(ledger_in(snapshot))
            is_simulated = mark(snapshot.settings)
            result = answer(snapshot, wanted, given, settings.report.seed, scenario=scenario)
        if format_ == "json":
            sys.stdout.write(json.dumps(is_simulated | as_json(result), indent=1, ensure_ascii=False) + "\n")
        else:
            _print(result)
        if is_simulated[COLUMN]:
            narration.print("[yellow]These are simulated figures of the demo world.[/]")
        for warning in result.warnings:
            narration.print(f"[yellow]doubtful[/] {warning}", soft_wrap=True)


def _print(result: RoiResult) -> None:
    console = Console(highlight=False)
    console.print(_lines(result))
    console.print(_headlines(result))
    console.print(_sensitivity(result))
    for each in result.missing:
        console.print(f"not in it: {each.kind.line_id} {each.kind.name}: {each.reason}", soft_wrap=True)


def _lines(result: RoiResult) -> Table:
    title = f"{result.quarter.name}, {result.currency}, compared with {result.baseline}"
    table = _table(title, "line", "", "class", "likely", "P10", "P50", "P90")
    for total in result.totals:
        kind = total.kind
        table.add_row(kind.line_id, kind.name, kind.class_, *_amounts(total.amount))
    return table


def _headlines(result: RoiResult) -> Table:
    table = _table("Net", "headline", "likely", "P10", "P50", "P90", "P(net > 0)", "return", "payback")
    for headline in result.headlines:
        table.add_row(
            _NAMES[headline.basis],
            *_amounts(headline.net),
            f"{headline.p_net_positive:.0%}",
            _share(headline),
            _payback(headline),
        )
    return table


def _share(headline: Headline) -> str:
    found = headline.return_on_investment
    return found.reason if found.value is None else f"{found.value:.1%}"


def _payback(headline: Headline) -> str:
    found = headline.finance.payback_quarters
    return found.reason if found.value is None else f"{found.value:.1f} quarters"


def _sensitivity(result: RoiResult) -> Table:
    table = _table("What matters most", "figure", "P10", "P90", "net at P10", "net at P90", "break-even")
    breaks = {each.name: each.value for each in result.break_evens}
    for bar in result.tornado[:8]:
        found = breaks.get(bar.name)
        value = "" if found is None else found.reason if found.value is None else f"{found.value:.4g}"
        row = (f"{bar.p10:.4g}", f"{bar.p90:.4g}", f"{bar.result_at_p10:,.0f}", f"{bar.result_at_p90:,.0f}")
        table.add_row(bar.name, *row, value)
    return table


def _amounts(amount: Amount) -> Iterable[str]:
    spread = amount.spread
    return [f"{float(value):,.0f}" for value in (amount.point, spread.p10, spread.p50, spread.p90)]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=None, title_justify="left")
    for column in columns:
        is_text = column in ("", "line", "class", "headline", "figure", "break-even", "return", "payback")
        table.add_column(column, justify="left" if is_text else "right")
    return table
