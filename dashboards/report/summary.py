"""The rows of ``roi_summary_<quarter>.csv``: headlines, totals of lines, delivery, adoption."""

from collections.abc import Iterator
from decimal import Decimal

from dashboards.report.edition import Edition, Measure
from dashboards.report.files import SummaryRow, money
from dashboards.words.simulated import SENTENCE
from metrics.roi.finance import Answer
from metrics.roi.lines import Spread
from metrics.roi.result import Amount, Headline
from metrics.trust import verdict_on

NOTE = (
    "p10, p50 and p90 are percentiles of the draws of each row and do not add up; points do: the net is the "
    "sum of the rounded amounts of its lines"
)


def summary_rows(edition: Edition) -> Iterator[SummaryRow]:
    """Every row, in a stable order."""
    yield SummaryRow("note", NOTE)
    for text in _notes(edition):
        yield SummaryRow("note", text)
    for headline in edition.result.headlines:
        yield from _headline(edition, headline)
    if edition.result.strategic is not None:
        yield _amount("net", "strategic, beside the headlines", edition.result.strategic, edition)
    yield from _lines(edition)
    for measure in edition.measures:
        yield from _measure(measure)


def _notes(edition: Edition) -> Iterator[str]:
    if edition.is_demo:
        yield SENTENCE
    if edition.is_preview:
        yield "preview: not frozen, and the quarter may not be over"
    if edition.accepted:
        yield f"printed although the trust gate refuses: {edition.accepted}"
    for state in edition.states:
        if state.stamp:
            yield f"{state.verdict}: {state.stamp}"
    yield from edition.result.warnings


def _headline(edition: Edition, headline: Headline) -> Iterator[SummaryRow]:
    basis, currency = headline.basis, edition.result.currency
    if edition.is_refused(basis):
        lines = ", ".join(kind.line_id for kind in edition.refused)
        for name in ("benefit", "cost", "net"):
            yield from _unavailable(name, basis, currency, f"the trust gate refuses {lines}")
        return
    yield _amount("benefit", basis, headline.benefit, edition)
    yield _amount("cost", basis, headline.cost, edition)
    yield _amount("net", basis, headline.net, edition)
    yield SummaryRow("p_net_positive", basis, headline.p_net_positive, unit="ratio")
    yield from _answer("return_on_investment", basis, headline.return_on_investment, "ratio")
    yield from _answer("benefit_cost_ratio", basis, headline.benefit_cost_ratio, "ratio")
    finance = headline.finance
    worth, spread = money(finance.net_present_value), finance.net_present_value_spread
    yield SummaryRow("net_present_value", basis, worth, *_percentiles(spread), currency)
    chance = finance.p_net_present_value_positive
    yield SummaryRow("p_net_present_value_positive", basis, chance, unit="ratio")
    yield from _answer("payback", basis, finance.payback_quarters, "quarters")
    yield from _answer("internal_rate_of_return", basis, finance.internal_rate_of_return, "ratio per year")


def _answer(metric: str, basis: str, answer: Answer, unit: str) -> Iterator[SummaryRow]:
    if answer.value is None:
        yield from _unavailable(metric, basis, unit, answer.reason)
    else:
        yield SummaryRow(metric, basis, answer.value, unit=unit)


def _unavailable(metric: str, basis: str, unit: str, reason: str) -> Iterator[SummaryRow]:
    """An empty row, so that the figure keeps its place, and a note that says why it is empty."""
    yield SummaryRow(metric, basis, unit=unit)
    yield SummaryRow("note", f"{metric}, {basis}: {reason}")


def _amount(metric: str, basis: str, amount: Amount, edition: Edition) -> SummaryRow:
    return SummaryRow(metric, basis, amount.point, *_percentiles(amount.spread), edition.result.currency)


def _percentiles(spread: Spread) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return money(spread.p10), money(spread.p50), money(spread.p90)


def _lines(edition: Edition) -> Iterator[SummaryRow]:
    """The total of every line; a refused one and one that cannot be said are empty."""
    currency = edition.result.currency
    for total in edition.result.totals:
        kind = total.kind
        if kind in edition.refused:
            reason = "refused: " + "; ".join(verdict_on(edition.states, kind.needs)[1])
            yield from _unavailable(f"line {kind.line_id}", kind.class_, currency, reason)
        else:
            yield _amount(f"line {kind.line_id}", kind.class_, total.amount, edition)
    for missing in edition.result.missing:
        kind = missing.kind
        yield from _unavailable(f"line {kind.line_id}", kind.class_, currency, missing.reason)


def _measure(measure: Measure) -> Iterator[SummaryRow]:
    """The value, its 95 % interval and its n as rows of their own: they are no percentiles of draws."""
    name, unit, basis = measure.metric.name, measure.metric.unit, "organisation"
    if measure.value is None:
        reason = "; ".join(measure.stamps) if measure.verdict == "refused" else measure.status
        yield from _unavailable(name, basis, unit, reason)
    else:
        yield SummaryRow(name, basis, measure.value, unit=unit)
        yield SummaryRow(name, f"{basis}, 95 % low", measure.low, unit=unit)
        yield SummaryRow(name, f"{basis}, 95 % high", measure.high, unit=unit)
    yield SummaryRow(name, f"{basis}, n", measure.n, unit="count")
