"""The quarterly report as files: two CSVs to recompute, a page to read and print, the same as Markdown."""

from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from dashboards.report import text
from dashboards.report.edition import BridgeStep, Edition, stamps_of
from dashboards.report.files import line_rows, lines_csv, summary_csv
from dashboards.report.rows import history_chart, ranges_chart, tornado_chart, waterfall_chart
from dashboards.report.summary import summary_rows
from dashboards.words import values
from dashboards.words.locale import using_locale
from dashboards.words.simulated import marked_note
from dashboards.words.spreadsheet import csv_text
from dashboards.words.values import day_text, instant_text
from metrics.roi.figures import SAMPLING

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
    """The text of every file of an edition, by name; pages in its locale, files for machines in none."""
    with using_locale(edition.locale):
        return _files(edition)


def _files(edition: Edition) -> dict[str, str]:
    period, stamp = edition.quarter.name, edition.stamp
    rows = line_rows(
        edition.result.lines,
        stamp,
        edition.quarter,
        edition.states,
        accepted=edition.accepted,
        is_simulated=edition.is_demo,
    )
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

    def why(step: BridgeStep) -> str:
        return marked_note(step.why, is_simulated=edition.is_demo)

    return csv_text(
        BRIDGE_COLUMNS,
        (
            [*head, step.line_id, step.in_headline, step.step, why(step), step.old, step.new, step.change]
            for step in edition.bridge
        ),
    )


def report_view(edition: Edition) -> dict[str, Any]:
    """Everything that the page and the Markdown show, by name."""
    result, made_at = edition.result, edition.stamp.generated_at.astimezone(UTC)
    return {
        "edition": edition,
        "result": result,
        "text": text,
        "values": values,
        "title": f"Platform return on investment, {text.quarter_name(edition)}",
        "sentence": text.verdict_sentence(edition),
        "missing_sentence": text.missing_sentence(edition),
        "as_of": instant_text(edition.as_of.replace(tzinfo=None), edition.zone),
        "made_at": instant_text(made_at.replace(tzinfo=None), edition.zone),
        "first_day": day_text(edition.quarter.start),
        "last_day": day_text(edition.quarter.last_day),
        "stamps": stamps_of(edition.states),
        "css": Markup(_source("report.css")),  # noqa: S704  our own file
        "totals": [total for total in result.totals if total.kind not in edition.refused],
        "waterfall": waterfall_chart(edition),
        "ranges": ranges_chart(edition),
        "tornado": tornado_chart(edition),
        "break_evens": [b for b in result.break_evens if not b.name.startswith(SAMPLING)],
        "history": history_chart(edition),
    }


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
    return files("dashboards.report.templates").joinpath(name).read_text(encoding="utf-8")
