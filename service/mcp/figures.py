"""`get_metric`: figures with everything that qualifies them."""

from pydantic import Field

from metrics.catalog import metric_named
from service.api.metrics import MetricShort
from service.api.paging import Page
from service.mcp.asking import Figures
from service.mcp.desk import Desk
from service.mcp.saying import Answer, FigureSaid, opening, said, short


class FiguresSaid(Answer):
    """A page of figures, by scope and period; scopes are in the order of their ids, which ranks nothing."""

    metric: MetricShort
    n_figures: int = Field(description="On all pages together.")
    figures: list[FigureSaid]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


def get_metric(desk: Desk, given: Figures) -> FiguresSaid:
    """The figures that are asked for."""
    metric = metric_named(given.metric)
    page = Page.of(desk.shelf, metric.name, given, end=given.end, limit=given.limit, cursor=given.cursor)
    asked = given.about(metric.name, page.at.end)
    frame = page.published.figures(asked)
    shown = frame.iloc[page.at.offset : page.at.offset + page.limit].reset_index(drop=True)
    has_more = page.at.offset + page.limit < len(frame)
    return FiguresSaid(
        **opening(page.published),
        metric=short(metric),
        n_figures=len(frame),
        figures=said(page.published, asked, shown),
        next_cursor=page.following if has_more else None,
    )
