"""``/api/v1/metrics``: the catalogue, figures, and the rows behind them, as `payoff metrics` gives them."""

from datetime import date
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from dashboards.access.audit import Deed
from dashboards.page.exports import file_name
from dashboards.words.simulated import mark
from metrics.catalog import CATALOG, Metric, metric_named
from service.api.answers import CSV, JSON, UNCHANGED, answer, as_json, unchanged
from service.api.asking import EvidenceQuestion, FiguresQuestion, cell_of
from service.api.paging import Page
from service.api.problems import refusals
from service.api.published import IfNoneMatch, ShelfHere, SnapshotAbout, about, tag_of
from service.api.served import ServedHere
from service.api.tokens import Caller, requires
from service.figures import Asked, encoded, json_rows

router = APIRouter(prefix="/v1/metrics", tags=["metrics"], dependencies=[Depends(requires("read"))])
Reader = Annotated[Caller, Depends(requires("read"))]
_SHOWN = ("name", "title", "unit", "better", "version", "definition")
_BOTH = refusals(401, 403, 404, 410, 422, 503) | UNCHANGED | {200: {"content": {CSV: {}}}}
_LONGEST_PAGE = 5000


class MetricShort(BaseModel):
    """What a metric says."""

    name: str
    title: str
    unit: str
    better: str
    version: int
    definition: str


class ParameterAbout(BaseModel):
    """A choice of a metric, such as the clock of a duration."""

    default: Any
    choices: list[Any]


class MetricAbout(MetricShort):
    """A metric of the catalogue; `history` says what each version after the first one changed."""

    statistic: str
    grain: list[str]
    by: list[str]
    needs: list[str]
    minimum_n: int
    minimum_n_p90: int | None
    owner: str
    source: str
    caveats: list[str]
    also_called: list[str]
    history: list[str]
    parameters: dict[str, ParameterAbout]


class MetricDefined(MetricAbout):
    """A metric with the query that computes it: first the rows behind the figures, then the figures."""

    sql: str


class Figures(BaseModel):
    """A page of figures, one per scope and period; `next` is null on the last.

    `value`, `low` and `high` are null unless `status` is `ok`.
    """

    metric: MetricShort
    snapshot: SnapshotAbout
    start: date
    end: date
    by: str
    period: str
    figures: list[dict[str, Any]]
    next: str | None


class Rows(BaseModel):
    """A page of the rows behind figures; `next` is null on the last."""

    metric: MetricShort
    snapshot: SnapshotAbout
    rows: list[dict[str, Any]]
    next: str | None


@router.get("", responses=refusals(401, 403))
def catalogue() -> list[MetricAbout]:
    """Every metric: definition, unit, version and its history, what it needs, and its own parameters."""
    return [MetricAbout.model_validate(metric, from_attributes=True) for metric in CATALOG.values()]


@router.get("/{name}/definition", responses=refusals(401, 403, 404))
def definition(name: str) -> MetricDefined:
    """One metric, with its query."""
    return MetricDefined.model_validate(metric_named(name), from_attributes=True)


@router.get("/{name}", response_model=Figures, responses=_BOTH)
def figures(
    name: str,
    question: Annotated[FiguresQuestion, Query()],
    served: ServedHere,
    caller: Reader,
    snapshots: ShelfHere,
    request: Request,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """The figures of a metric. Those of `format=csv` are what `payoff metrics NAME` writes, byte for byte."""
    page, asked = _page(name, question, snapshots, question.limit or _LONGEST_PAGE)
    tag = tag_of(page.at, asked, question.limit, question.format)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    frame = page.published.figures(asked)
    settings = page.published.snapshot.settings
    if question.format == "csv":
        file = file_name(name, "by", asked.by, asked.start, asked.end, **mark(settings))
        served.note(caller, Deed("export", file, asked.words))
        if question.limit is None and not question.cursor:
            return answer(encoded(frame, "csv", settings), CSV, tag, name=file)
    window = {"start": asked.start.isoformat(), "end": asked.end.isoformat()}
    kind = {"by": asked.by, "period": asked.period}
    left = frame.iloc[page.at.offset : page.at.offset + page.limit + 1]
    return _answer("figures", left, page, question, request, tag, {**window, **kind})


@router.get("/{name}/evidence", response_model=Rows, responses=_BOTH)
def rows(
    name: str,
    question: Annotated[EvidenceQuestion, Query()],
    served: ServedHere,
    caller: Reader,
    snapshots: ShelfHere,
    request: Request,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """The rows behind the figures: counted, failed, or out and why, with the link to where they came from.

    A page after the first is read from the snapshot of the first, so that every row comes once.
    """
    page, asked = _page(name, question, snapshots, question.limit)
    tag = tag_of(page.at, asked, cell_of(question), question.limit, question.format)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    cell = cell_of(question)
    left = asked.rows(page.published.snapshot, **cell, limit=page.limit + 1, offset=page.at.offset)
    served.note(caller, Deed("export", f"{name} evidence", asked.words, min(len(left), page.limit)))
    return _answer("rows", left, page, question, request, tag, {})


def _page(name: str, question: FiguresQuestion, snapshots: ShelfHere, limit: int) -> tuple[Page, Asked]:
    """The page, and what is asked with the end of the window as it was on the first."""
    metric_named(name)
    page = Page.of(snapshots, name, question, end=question.end, limit=limit, cursor=question.cursor)
    return page, question.about(name, page.at.end)


def _answer(
    kind: str,
    left: pd.DataFrame,
    page: Page,
    question: FiguresQuestion,
    request: Request,
    tag: str,
    head: dict[str, Any],
) -> Response:
    """A page of what is ``left``, which holds one more where another page follows."""
    cursor, headers = page.next_of(len(left), request)
    shown, snapshot = left.head(page.limit), page.published.snapshot
    if question.format == "csv":
        return answer(encoded(shown, "csv", snapshot.settings), CSV, tag, headers=headers)
    metric = _short(metric_named(request.path_params["name"]))
    told = {"metric": metric, "snapshot": about(snapshot), **head, kind: json_rows(shown), "next": cursor}
    return answer(as_json(told), JSON, tag, headers=headers)


def _short(metric: Metric) -> dict[str, Any]:
    return {name: getattr(metric, name) for name in _SHOWN}
