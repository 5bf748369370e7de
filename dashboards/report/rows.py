"""Charts of a quarter's money as rows, a label with its SVG, for the report and for pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.report import text
from dashboards.report.charts import Scale, axis_svg, bar_svg, range_svg, tornado_svg, waterfall
from dashboards.report.edition import Edition, Told
from dashboards.words.values import short_text
from metrics.roi.figures import SAMPLING
from metrics.roi.lines import Spread
from metrics.roi.result import BASES, WIDEST, Headline
from metrics.roi.tornado import Bar

_LONGEST_TORNADO = 8
Label = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class RowChart:
    """Rows on one scale, with its axis. A label may have a smaller second part; bars begin at ``base``."""

    rows: tuple[tuple[Label, Markup], ...]
    axis: Markup
    base: str = ""


def waterfall_chart(told: Told) -> RowChart | None:
    """Benefits and costs of the widest headline, one after the other, to its net."""
    counted = [t for t in told.result.totals if t.kind.class_ in (*BASES[WIDEST], "cost")]
    if told.is_refused(WIDEST) or not counted:
        return None
    steps = [(float(t.amount.point), short_text(float(t.amount.point))) for t in counted]
    net = told.result.headline(WIDEST).net.point
    drawn = list(waterfall(steps, short_text(float(net))))
    scale = drawn[0][1]
    labels = [(t.kind.name, t.kind.class_) for t in counted] + [("Net", "")]
    rows = ((label, _svg(bar_svg(bar, scale))) for label, (bar, _) in zip(labels, drawn, strict=True))
    return RowChart(tuple(rows), _axis(scale))


def ranges_chart(told: Told) -> RowChart | None:
    """The three nested headlines as ranges on one scale."""
    shown = [h for h in told.result.headlines if not told.is_refused(h.basis)]
    return range_rows([(text.BASIS_NAMES[h.basis], h) for h in shown])


def range_rows(named: Sequence[tuple[Label, Headline]]) -> RowChart | None:
    """The net of each as a range, all on one scale."""
    if not named:
        return None
    nets = [(label, float(h.net.point), h.net.spread) for label, h in named]
    scale = Scale.over(end for _, point, s in nets for end in (s.p10, s.p90, point))
    rows = ((label, _svg(_range(point, spread, scale))) for label, point, spread in nets)
    return RowChart(tuple(rows), _axis(scale))


def _range(point: float, spread: Spread, scale: Scale) -> str:
    words = f"P50 {short_text(spread.p50)}"
    return range_svg(spread.p10, spread.p50, spread.p90, point, words, scale)


def tornado_chart(told: Told) -> RowChart | None:
    """What the net hangs on: each figure at its P10 and P90."""
    bars = told.result.tornado[:_LONGEST_TORNADO]
    if not bars or told.is_refused(WIDEST):
        return None
    # Not the P50 of the net: that of a product is not the product of the P50s, so a bar would miss its base.
    base = bars[0].result_at_p50
    scale = Scale.over([0.0, base, *(end for bar in bars for end in (bar.result_at_p10, bar.result_at_p90))])
    rows = (
        (
            (text.figure_name(bar.name), text.shown_unit(unit)),
            _svg(_tornado_bar(bar, unit, base, scale)),
        )
        for bar in bars
        for unit in [text.unit_of(told, bar.name)]
    )
    return RowChart(tuple(rows), _axis(scale), short_text(base))


def _tornado_bar(bar: Bar, unit: str, base: float, scale: Scale) -> str:
    is_chance = bar.name.startswith(SAMPLING)
    ends = ("P10", "P90") if is_chance else (text.plain_value(bar.p10, unit), text.plain_value(bar.p90, unit))
    return tornado_svg(bar.result_at_p10, bar.result_at_p90, base, *ends, scale)


def history_chart(edition: Edition) -> RowChart | None:
    """The net of every quarter that was frozen, and of this one, as ranges on one scale."""
    headline = edition.result.headline(WIDEST)
    if not edition.past or edition.is_refused(WIDEST):
        return None
    spread = headline.net.spread
    quarters = [(p.period, float(p.net), float(p.p10), float(p.p90)) for p in edition.past]
    quarters.append((edition.quarter.name, float(headline.net.point), spread.p10, spread.p90))
    scale = Scale.over(end for _, *ends in quarters for end in ends)
    rows = (
        (name, _svg(range_svg(p10, net, p90, net, short_text(net), scale)))
        for name, net, p10, p90 in quarters
    )
    return RowChart(tuple(rows), _axis(scale))


def _axis(scale: Scale) -> Markup:
    return _svg(axis_svg(scale, [short_text(tick) for tick in scale.ticks()]))


def _svg(markup: str) -> Markup:
    """What `report_charts` made, where every text is escaped already."""
    return Markup(markup)  # noqa: S704
