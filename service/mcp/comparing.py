"""`compare_metric`: one scope against its own past, and whether the difference says anything."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import Field

from dashboards.words.values import difference_text
from dashboards.words.windows import custom_window
from dashboards.words.wording import Figure, direction, is_better, only_figure, sentence
from metrics.catalog import metric_named
from metrics.ground import day_of
from service.api.metrics import MetricShort
from service.api.published import Published
from service.figures import Asked
from service.mcp.asking import Comparison
from service.mcp.desk import Desk
from service.mcp.saying import Answer, FigureSaid, opening, plain_spaces, said, short

_VERDICTS = {
    "rose": "It rose: the two 95 % intervals are apart. This does not say why.",
    "fell": "It fell: the two 95 % intervals are apart. This does not say why.",
    "unclear": "No clear change: the two 95 % intervals overlap, so the difference may be chance. "
    "Do not report a rise or a fall.",
    "unknown": "Cannot be compared: one of the two figures is unknown, which is not zero.",
}


class Compared(Answer):
    """A scope now and before. Only its own past: this tool ranks no teams and no services."""

    metric: MetricShort
    verdict: Literal["rose", "fell", "unclear", "unknown"] = Field(
        description="`unclear`: the difference lies within the intervals."
    )
    is_better: bool | None = Field(description="Whether a clear change is for the better; null without one.")
    reading: str = Field(description="Both figures in a sentence. Safe to quote.")
    meaning: str = Field(description="How the verdict is to be understood.")
    difference: str | None = Field(
        description="Now minus before with its unit; null where one is unknown. Only as good as the verdict."
    )
    now: FigureSaid
    before: FigureSaid
    notes: list[str] = Field(description="What makes the two windows unlike.")


def compare_metric(desk: Desk, given: Comparison) -> Compared:
    """The two figures and what their difference says."""
    metric, published = metric_named(given.metric), desk.shelf.newest()
    asked = given.question.about(metric.name, given.end or day_of(published.snapshot))
    start, end = given.before(asked.start, asked.end)
    earlier = replace(asked, start=start, end=end)
    (now, now_said), (before, before_said) = (_only(published, each) for each in (asked, earlier))
    moved = direction(now, before)
    mark = "Simulated: " if published.snapshot.settings.get("is_demo") else ""
    both = now.is_ok and before.is_ok
    return Compared(
        **opening(published),
        metric=short(metric),
        verdict=moved,
        is_better=is_better(metric, moved),
        reading=plain_spaces(mark + sentence(now, before, _label(earlier))),
        meaning=_VERDICTS[moved],
        difference=plain_spaces(difference_text(metric.unit, now.value, before.value)) if both else None,
        now=now_said,
        before=before_said,
        notes=list(_notes(published, asked, earlier)),
    )


def _only(published: Published, asked: Asked) -> tuple[Figure, FigureSaid]:
    frame = published.figures(asked)
    (figure,) = said(published, asked, frame)
    return only_figure(asked.name, frame), figure


def _label(asked: Asked) -> str:
    return f"the window {custom_window(asked.start, asked.end - timedelta(days=1)).label}"


def _notes(published: Published, now: Asked, before: Asked) -> list[str]:
    notes = []
    lengths = [(each.end - each.start).days for each in (now, before)]
    if lengths[0] != lengths[1]:
        notes.append(f"The windows have {lengths[0]} and {lengths[1]} days, so counts cannot be compared.")
    if now.end > day_of(published.snapshot):
        notes.append("The later window is not over yet; the figure for it will still change.")
    return notes
