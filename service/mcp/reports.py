"""`get_report`: the headline figures of a frozen quarterly report, as finance got them."""

import csv
import io

from pydantic import BaseModel, Field

from dashboards.words.simulated import SENTENCE
from dashboards.words.spreadsheet import unguarded
from metrics.quarters import quarter_named
from service.errors import NoDataError, UsageError
from service.mcp.asking import ReportAsked
from service.mcp.desk import Desk
from service.mcp.saying import notice, text_of
from service.reports.frozen import frozen_reports
from warehouse.frozen import Frozen

_SUMMARY = "roi_summary_{}.csv"


class SummaryFigure(BaseModel):
    """A figure of the report. A null is not available and never zero."""

    metric: str
    basis: str = Field(description="For money: what it counts, and what not.")
    point: float | None = Field(description="With every input at its likely value; it is not the median.")
    p10: float | None
    p50: float | None
    p90: float | None
    unit: str


class Report(BaseModel):
    """A frozen report. It never changes; a correction is a new version."""

    notice: str = Field(description="Pass this on with every figure; empty where there is nothing to say.")
    report_id: str
    quarter: str
    version: int
    generated_at: str
    accepted: str = Field(description="Why refused figures are printed after all; empty where none was.")
    versions: list[int] = Field(description="All versions of this quarter.")
    quarters: list[str] = Field(description="All quarters with a frozen report.")
    notes: list[str] = Field(description="What has to be said beside the figures, and why some are null.")
    figures: list[SummaryFigure]


def get_report(desk: Desk, given: ReportAsked) -> Report:
    """The report that is asked for.

    Raises
    ------
    NoDataError : no report is frozen. UsageError : not this one.
    """
    frozen = frozen_reports(desk.settings)
    if not frozen:
        raise NoDataError("No report is frozen yet; `payoff report --quarter 2026-Q3` freezes one.")
    quarters = sorted({each.manifest.period for each in frozen})
    wanted = quarters[-1]
    if given.quarter:
        wanted = quarter_named(given.quarter, desk.settings.organisation.quarter_start_month).name
    versions = {each.manifest.version: each for each in frozen if each.manifest.period == wanted}
    if not versions:
        raise UsageError(f"{wanted} has no frozen report; these quarters have one: {', '.join(quarters)}.")
    number = given.version or max(versions)
    if number not in versions:
        numbers = ", ".join(map(str, versions))
        raise UsageError(f"{wanted} has no frozen version {number}; it has: {numbers}.")
    return _told(versions[number], sorted(versions), quarters)


def _told(frozen: Frozen, versions: list[int], quarters: list[str]) -> Report:
    manifest = frozen.manifest
    text = frozen.texts[_SUMMARY.format(manifest.period)].decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    notes = [text_of(unguarded(row["basis"])) for row in rows if row["metric"] == "note"]
    return Report(
        notice=notice(is_simulated=SENTENCE in notes),
        report_id=manifest.report_id,
        quarter=manifest.period,
        version=manifest.version,
        generated_at=manifest.generated_at.isoformat(),
        accepted=text_of(manifest.accepted),
        versions=versions,
        quarters=quarters,
        notes=notes,
        figures=[_figure(row) for row in rows if row["metric"] != "note"],
    )


def _figure(row: dict[str, str]) -> SummaryFigure:
    numbers = {name: float(row[name]) if row[name] else None for name in ("point", "p10", "p50", "p90")}
    words = {name: unguarded(row[name]) for name in ("metric", "basis", "unit")}
    return SummaryFigure.model_validate(numbers | words)
