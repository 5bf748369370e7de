"""The quarterly report as files: two CSVs to recompute, a page to read and print, the same as Markdown."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from dashboards import report_text as text
from dashboards.report_charts import Scale, axis_svg, bar_svg, range_svg, tornado_svg, waterfall
from dashboards.report_edition import Edition, stamps_of
from dashboards.report_files import line_rows, lines_csv, summary_csv
from dashboards.report_summary import summary_rows
from dashboards.spreadsheet import csv_text
from dashboards.values import day_text, instant_text
from metrics.roi.figures import SAMPLING
from metrics.roi.result import BASES, WIDEST
from metrics.roi.tornado import Bar

_LONGEST_TORNADO = 8
BRIDGE_COLUMNS = (
    "report_id",
    "period",
    "version",
    "line_id",
    "in_headline",
    "step",
    "why",
    "old",
    "new",
    "change",
)


def file_names(period: str, *, has_bridge: bool = False) -> tuple[str, ...]:
    """The names of a report's files."""
    kinds = ["roi_lines_{}.csv", "roi_summary_{}.csv", "roi_report_{}.md", "roi_report_{}.html"]
    return tuple(kind.format(period) for kind in [*kinds, *(["roi_bridge_{}.csv"] if has_bridge else [])])


def report_files(edition: Edition) -> dict[str, str]:
    """The text of every file of an edition, by name."""
    period, stamp = edition.quarter.name, edition.stamp
    rows = line_rows(edition.result.lines, stamp, edition.quarter, edition.states, accepted=edition.accepted)
    view = report_view(edition)
    contents = [
        lines_csv(rows),
        summary_csv(summary_rows(edition), stamp.report_id, period),
        _template("report.md.j2").render(view),
        _template("report.html.j2").render(view),
    ]
    if edition.bridge:
        contents.append(bridge_csv(edition))
    return dict(zip(file_names(period, has_bridge=bool(edition.bridge)), contents, strict=True))


def bridge_csv(edition: Edition) -> str:
    """Old, new and why, a row for each line and step; the changes of a line add up to new less old."""
    head = [edition.stamp.report_id, edition.quarter.name, edition.version]
    return csv_text(
        BRIDGE_COLUMNS,
        (
            [*head, step.line_id, step.in_headline, step.step, step.why, step.old, step.new, step.change]
            for step in edition.bridge
        ),
    )


def report_view(edition: Edition) -> dict[str, Any]:
    """Everything that the page and the Markdown show, by name."""
    result = edition.result
    return {
        "edition": edition,
        "result": result,
        "text": text,
        "title": f"Platform return on investment, {text.quarter_name(edition)}",
        "sentence": text.verdict_sentence(edition),
        "missing_sentence": text.missing_sentence(edition),
        "as_of": instant_text(edition.as_of.replace(tzinfo=None), "UTC"),
        "first_day": day_text(edition.quarter.start),
        "last_day": day_text(edition.quarter.last_day),
        "stamps": stamps_of(edition.states),
        "css": Markup(_source("report.css")),  # noqa: S704  our own file
        "totals": [total for total in result.totals if total.kind not in edition.refused],
        "waterfall": _waterfall(edition),
        "ranges": _ranges(edition),
        "tornado": _tornado(edition),
        "break_evens": [b for b in result.break_evens if not b.name.startswith(SAMPLING)],
        "history": _history(edition),
    }


def _waterfall(edition: Edition) -> dict[str, Any]:
    """Benefits and costs of the widest headline, one after the other, to its net."""
    counted = [t for t in edition.result.totals if t.kind.class_ in (*BASES[WIDEST], "cost")]
    if edition.is_refused(WIDEST) or not counted:
        return {}
    steps = [(float(t.amount.point), text.short_text(float(t.amount.point))) for t in counted]
    net = edition.result.headline(WIDEST).net.point
    drawn = list(waterfall(steps, text.short_text(float(net))))
    scale = drawn[0][1]
    labels = [(t.kind.name, t.kind.class_) for t in counted] + [("Net", "")]
    return {
        "rows": [(label, _svg(bar_svg(bar, scale))) for label, (bar, _) in zip(labels, drawn, strict=True)],
        "axis": _axis(scale),
    }


def _ranges(edition: Edition) -> dict[str, Any]:
    """The three nested headlines as ranges on one scale."""
    shown = [h for h in edition.result.headlines if not edition.is_refused(h.basis)]
    if not shown:
        return {}
    ends = [end for h in shown for end in (h.net.spread.p10, h.net.spread.p90, float(h.net.point))]
    scale = Scale.over(ends)
    return {
        "rows": [
            (
                text.BASIS_NAMES[h.basis],
                _svg(
                    range_svg(
                        h.net.spread.p10,
                        h.net.spread.p50,
                        h.net.spread.p90,
                        float(h.net.point),
                        f"P50 {text.short_text(h.net.spread.p50)}",
                        scale,
                    )
                ),
            )
            for h in shown
        ],
        "axis": _axis(scale),
    }


def _tornado(edition: Edition) -> dict[str, Any]:
    """What the net hangs on: each figure at its P10 and P90."""
    bars = edition.result.tornado[:_LONGEST_TORNADO]
    if not bars or edition.is_refused(WIDEST):
        return {}
    base = edition.result.headline(WIDEST).net.spread.p50
    scale = Scale.over([0.0, base, *(end for bar in bars for end in (bar.result_at_p10, bar.result_at_p90))])
    return {
        "rows": [(text.figure_name(bar.name), _svg(_tornado_bar(bar, base, scale))) for bar in bars],
        "axis": _axis(scale),
        "base": text.short_text(base),
    }


def _tornado_bar(bar: Bar, base: float, scale: Scale) -> str:
    is_chance = bar.name.startswith(SAMPLING)
    ends = ("P10", "P90") if is_chance else (text.value_of(bar.p10), text.value_of(bar.p90))
    return tornado_svg(bar.result_at_p10, bar.result_at_p90, base, *ends, scale)


def _history(edition: Edition) -> dict[str, Any]:
    """The net of every quarter that was frozen, and of this one, as ranges on one scale."""
    headline = edition.result.headline(WIDEST)
    if not edition.past or edition.is_refused(WIDEST):
        return {}
    spread = headline.net.spread
    quarters = [(p.period, float(p.net), float(p.p10), float(p.p90)) for p in edition.past]
    quarters.append((edition.quarter.name, float(headline.net.point), spread.p10, spread.p90))
    scale = Scale.over(end for _, *ends in quarters for end in ends)
    return {
        "rows": [
            (name, _svg(range_svg(p10, net, p90, net, text.short_text(net), scale)))
            for name, net, p10, p90 in quarters
        ],
        "axis": _axis(scale),
    }


def _axis(scale: Scale) -> Markup:
    return _svg(axis_svg(scale, [text.short_text(tick) for tick in scale.ticks()]))


def _svg(markup: str) -> Markup:
    """What `report_charts` made, where every text is escaped already."""
    return Markup(markup)  # noqa: S704


@cache
def _template(name: str) -> Any:
    environment = Environment(
        autoescape=name.endswith(".html.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _markdown_cell
    return environment.from_string(_source(name))


def _markdown_cell(value: object) -> str:
    """A text that does not break out of its cell or become markup."""
    plain = " ".join(str(value).split())
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _source(name: str) -> str:
    return files("dashboards.templates").joinpath(name).read_text(encoding="utf-8")
