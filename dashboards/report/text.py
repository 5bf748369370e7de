"""How the report words its figures: amounts, ranges, and the one sentence that says how the quarter went."""

from decimal import Decimal

from dashboards.report.edition import Edition, Measure, Told
from dashboards.words.values import (
    NOTHING,
    amount_text,
    decimals,
    in_currency,
    interval_text,
    number,
    percent_text,
    short_text,
    value_text,
)
from dashboards.words.windows import quarter_label
from metrics.roi.catalogue import LINES
from metrics.roi.figures import SAMPLING, Figure, Normal
from metrics.roi.finance import Answer
from metrics.roi.lines import Kind, Spread
from metrics.roi.parameters import PARAMETERS
from metrics.roi.result import BASES, WIDEST, Headline

GAP = "\u00a0"
BASIS_NAMES = {
    "cash": "Cash",
    "cash_and_capacity": "Cash and capacity",
    "cash_capacity_and_risk": "Cash, capacity and risk",
}
CLASS_NAMES = {
    "cash": "cash",
    "capacity": "capacity",
    "risk": "risk",
    "strategic": "strategic, beside the headlines",
    "memo": "memo, never added",
    "cost": "cost",
}
_STATUS = {
    "too_few": "too few to say",
    "no_data": "nothing happened",
    "not_collected": "not collected",
}


def quarter_name(told: Told) -> str:
    """``Q3 2026``"""
    return quarter_label(told.quarter.start, told.quarter.start_month)


def range_text(spread: Spread) -> str:
    """``P10 −20.1k to P90 180k``"""
    return f"P10 {short_text(spread.p10)} to P90 {short_text(spread.p90)}"


def answer_text(answer: Answer, unit: str = "") -> str:
    """A figure with its unit, or that there is none."""
    if answer.value is None:
        return NOTHING
    if unit == "percent":
        return percent_text(answer.value, 1)
    return f"{number(answer.value)}{unit and GAP + unit}"


def verdict_sentence(told: Told) -> str:
    """How the quarter went on the widest basis, a loss as plainly as a gain."""
    return "{}: {}.".format(*verdict_parts(told))


def verdict_parts(told: Told) -> tuple[str, str]:
    """The verdict as a title, and what stands behind it: how sure it is, or why there is none."""
    if told.is_refused(WIDEST):
        return f"For {quarter_name(told)} the net cannot be stated", "a source behind it is refused"
    headline = told.result.headline(WIDEST)
    net, spread, currency = headline.net.point, headline.net.spread, told.result.currency
    size, when = amount_text(abs(net), currency), quarter_name(told)
    ends = f"between {amount_text(spread.p10, currency)} and {amount_text(spread.p90, currency)}"
    if net >= 0:
        first = f"In {when} the platform returned {size} more than it cost"
    else:
        first = f"In {when} the platform cost {size} more than it returned"
    return (
        first,
        f"in eight of ten draws the net is {ends}, and the chance that it is positive is "
        f"{percent_text(headline.p_net_positive, 0)}",
    )


def missing_sentence(told: Told) -> str:
    """How many lines nothing can be said of, and where they could turn the sign; they are not in the net."""
    missing = _missing_kinds(told)
    if not missing:
        return ""
    costs = sum(kind.category == "cost" for kind in missing)
    counted = ((len(missing) - costs, "benefit"), (costs, "cost"))
    parts = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in counted if n]
    said = f"{' and '.join(parts)} could not be computed and {'are' if len(missing) > 1 else 'is'} not in it"
    return f"{said}, so gain or loss is open." if could_turn(told) else f"{said}."


def could_turn(told: Told) -> bool:
    """Whether what is missing could turn the sign: a cost that of a gain, a benefit that of a loss."""
    against = "cost" if told.result.headline(WIDEST).net.point >= 0 else "benefit"
    return any(kind.category == against for kind in _missing_kinds(told))


def _missing_kinds(told: Told) -> list[Kind]:
    return [each.kind for each in told.result.missing if each.kind.class_ != "memo"]


def roi_text(headline: Headline) -> str:
    """``ROI 27.6 %``, or why there is none."""
    answer = headline.return_on_investment
    return f"ROI {answer_text(answer, 'percent')}" if answer.value is not None else f"no ROI: {answer.reason}"


def payback_text(headline: Headline) -> str:
    """``paid back after 3.3 quarters``, or that it is not."""
    answer = headline.finance.payback_quarters
    return answer.reason if answer.value is None else f"paid back after {number(answer.value)} quarters"


def measure_text(measure: Measure) -> str:
    """The value with its unit, or why there is none."""
    if measure.value is None:
        if measure.verdict == "refused":
            return "refused by the trust gate"
        return _STATUS.get(measure.status, NOTHING)
    return value_text(measure.metric.unit, measure.value)


def measure_range(measure: Measure) -> str:
    """The 95 % interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return ""
    return interval_text(measure.metric.unit, measure.value, measure.low, measure.high)


def previous_text(measure: Measure) -> str:
    """The value of the quarter before."""
    return NOTHING if measure.previous is None else value_text(measure.metric.unit, measure.previous)


def value_of(value: float) -> str:
    """A bare figure with about three digits: ``82,000``, ``25.5``, ``1.27``, ``0.051``."""
    size = abs(value)
    if value == 0:
        return "0"
    if size < 1:
        return decimals(value, len(f"{value:.2g}".partition(".")[2]) if size >= 1e-4 else 4)
    return decimals(value, 0 if size >= 100 or value == round(value) else 1 if size >= 10 else 2)


def plain_value(value: float, unit: str) -> str:
    """A bare figure, a share as a percentage: ``37 %``, ``4,400``."""
    return percent_text(value, 0 if value >= 0.1 or not value else 1) if unit == "share" else value_of(value)


def with_unit(value: float, unit: str) -> str:
    """``37 %``, ``1.27``, ``4,400 EUR/hour``"""
    return plain_value(value, unit) + (f"{GAP}{named}" if (named := shown_unit(unit)) else "")


def shown_unit(unit: str) -> str:
    """A unit as it is written beside a name or a number; empty where the number says it."""
    return "" if unit in ("share", "factor") else unit


def unit_of(told: Told, label: str) -> str:
    """The unit of a figure, in the currency of the result."""
    unit = next((figure.unit for figure in told.result.figures if figure.label == label), "")
    return unit.replace("currency", told.result.currency)


def figure_name(label: str) -> str:
    """What a figure is called, with its action, line or team: ``Attribution, B4``."""
    key, of, scope = label.partition(" of ")
    name, _, suffix = key.partition(":")
    if label.startswith(SAMPLING):
        return f"Chance in {_line_name(suffix)}"
    title = PARAMETERS[name].title if name in PARAMETERS else name
    return ", ".join(part for part in (title, suffix, scope if of else "") if part)


def _line_name(line_id: str) -> str:
    return next((_lower(kind.name) for kind, _ in LINES if kind.line_id == line_id), line_id)


def ends_of(figure: Figure) -> tuple[float, float, float]:
    """Low, likely and high of a stated range; of a measured mean, one standard error to each side."""
    spread = figure.distribution
    if isinstance(spread, Normal):
        return spread.mean - spread.sd, spread.mean, spread.mean + spread.sd
    return spread.low, spread.likely, spread.high


def grade_of(told: Told, kind: Kind) -> str:
    """The weakest grade among a line's rows."""
    found = {line.grade for line in told.result.lines if line.kind == kind}
    return next((grade for grade in ("assumed", "estimated", "measured") if grade in found), "measured")


def resources_of(edition: Edition) -> set[str]:
    """The rows that anything in the report rests on."""
    lines = {need for total in edition.result.totals for need in total.kind.needs}
    return lines | {need for measure in edition.measures for need in measure.metric.needs}


def bridge_sum(edition: Edition) -> Decimal:
    """What all changes did to the widest headline's net."""
    return sum((step.change for step in edition.bridge if step.in_headline), Decimal(0))


def waterfall_title(told: Told) -> str:
    """The finding of the waterfall: the largest benefit and the largest cost."""
    totals = [t for t in told.result.totals if t.kind.class_ in (*BASES[WIDEST], "cost")]
    benefits = [t for t in totals if t.kind.category == "benefit" and t.amount.point > 0]
    costs = [t for t in totals if t.kind.category == "cost" and t.amount.point < 0]
    if not benefits or not costs:
        return "From benefits and costs to the net"
    best = max(benefits, key=lambda t: t.amount.point).kind.name
    worst = min(costs, key=lambda t: t.amount.point).kind.name
    return f"{best} is the largest benefit, {_lower(worst)} the largest cost"


def ranges_title(told: Told) -> str:
    """The finding of the ranges: whether the sign of the net depends on what is counted."""
    signs = {h.net.spread.p10 > 0 for h in told.result.headlines} | {
        h.net.spread.p90 > 0 for h in told.result.headlines
    }
    if signs == {True}:
        return "The net is positive on every basis and over the whole range"
    if signs == {False}:
        return "The net is negative on every basis and over the whole range"
    return "Whether the net is positive depends on what is counted and on chance"


def tornado_title(told: Told) -> str:
    """The finding of the tornado: which figure matters most."""
    bar = told.result.tornado[0]
    swing = in_currency(short_text(bar.swing), told.result.currency)
    return f"{figure_name(bar.name)} moves the net most: by {swing} between its P10 and P90"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
