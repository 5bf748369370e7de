"""``/api/v1/metrics``: the catalogue, figures, and the rows behind them, as `payoff metrics` gives them."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from dashboards.access.audit import Deed
from dashboards.page.exports import file_name
from dashboards.words.simulated import mark
from metrics.catalog import CATALOG, Metric, metric_named
from service.api.answers import CSV, JSON, answer, as_json, unchanged
from service.api.asking import Cursor, EvidenceQuestion, FiguresQuestion, cell_of, fingerprint
from service.api.problems import ProblemError
from service.api.published import IfNoneMatch, NewestHere, Published, ShelfHere, about, tag_of
from service.api.served import ServedHere
from service.api.tokens import Caller, requires
from service.figures import Asked, encoded, json_rows
from warehouse.publish import Snapshot

router = APIRouter(prefix="/v1/metrics", tags=["metrics"], dependencies=[Depends(requires("read"))])
Reader = Annotated[Caller, Depends(requires("read"))]
_SHOWN = ("name", "title", "unit", "better", "version", "definition")
_REFUSALS: dict[int | str, dict[str, Any]] = {401: {}, 403: {}, 404: {}, 422: {}, 503: {}}
_BOTH: dict[int | str, dict[str, Any]] = _REFUSALS | {304: {}, 200: {"content": {"text/csv": {}}}}


class SnapshotAbout(BaseModel):
    """The snapshot that an answer comes from."""

    version: int
    published_at: str
    as_of: str
    reporting_zone: str
    is_simulated: bool


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
    """A metric of the catalogue."""

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
    parameters: dict[str, ParameterAbout]


class Figures(BaseModel):
    """Figures, one per scope and period. `value`, `low` and `high` are null unless `status` is `ok`."""

    metric: MetricShort
    snapshot: SnapshotAbout
    start: date
    end: date
    by: str
    period: str
    figures: list[dict[str, Any]]


class Rows(BaseModel):
    """A page of the rows behind figures; `next` is null on the last."""

    metric: MetricShort
    snapshot: SnapshotAbout
    rows: list[dict[str, Any]]
    next: str | None


@router.get("", responses={401: {}, 403: {}})
def catalogue() -> list[MetricAbout]:
    """Every metric: definition, unit, version, what it needs, and its own parameters."""
    return [MetricAbout.model_validate(asdict(metric)) for metric in CATALOG.values()]


@router.get("/{name}", response_model=Figures, responses=_BOTH)
def figures(
    name: str,
    question: Annotated[FiguresQuestion, Query()],
    served: ServedHere,
    caller: Reader,
    published: NewestHere,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """The figures of a metric. Those of `format=csv` are what `payoff metrics NAME` writes, byte for byte."""
    metric_named(name)
    asked = question.about(name, served.clock().date())
    tag = tag_of(published.key, asked, question.format)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    content = published.remembered(_figures, asked, question.format)
    if question.format == "csv":
        parts = (name, "by", asked.by, asked.start, asked.end)
        file = file_name(*parts, **mark(published.snapshot.settings))
        served.note(caller, Deed("export", file, asked.words))
        return answer(content, CSV, tag, name=file)
    return answer(content, JSON, tag)


@router.get("/{name}/evidence", response_model=Rows, responses=_BOTH | {410: {}})
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
    metric_named(name)
    published, at = _page(name, question, served.clock().date(), snapshots)
    asked = question.model_copy(update={"end": at.end}).about(name, served.clock().date())
    tag = tag_of(at, asked, cell_of(question), question.limit, question.format)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    frame = asked.rows(published.snapshot, **cell_of(question), limit=question.limit + 1, offset=at.offset)
    following = at.model_copy(update={"offset": at.offset + question.limit}).written()
    cursor = following if len(frame) > question.limit else None
    url = request.url.include_query_params(cursor=cursor)
    headers = {"Link": f'<?{url.query}>; rel="next"'} if cursor else {}
    page = frame.head(question.limit)
    served.note(caller, Deed("export", f"{name} evidence", asked.words, len(page)))
    if question.format == "csv":
        return answer(encoded(page, "csv", published.snapshot.settings), CSV, tag, headers=headers)
    head = {"metric": _short(metric_named(name)), "snapshot": about(published.snapshot)}
    return answer(as_json({**head, "rows": json_rows(page), "next": cursor}), JSON, tag, headers=headers)


def _page(
    name: str, question: EvidenceQuestion, today: date, snapshots: ShelfHere
) -> tuple[Published, Cursor]:
    """The snapshot that a page is read from, and where it begins."""
    own = fingerprint(name, question)
    if not question.cursor:
        published = snapshots.newest()
        end = question.end or today
        return published, Cursor(snapshot=published.key, offset=0, question=own, end=end)
    at = Cursor.read(question.cursor)
    if at.question != own:
        raise ProblemError(
            422, "`cursor` belongs to another question; only `limit` may differ between pages."
        )
    return snapshots.at(at.snapshot), at


def _figures(snapshot: Snapshot, asked: Asked, format_: str) -> bytes:
    frame = asked.figures(snapshot)
    if format_ == "csv":
        return encoded(frame, "csv", snapshot.settings)
    head = {"metric": _short(metric_named(asked.name)), "snapshot": about(snapshot)}
    window = {"start": asked.start.isoformat(), "end": asked.end.isoformat()}
    kind = {"by": asked.by, "period": asked.period}
    return as_json({**head, **window, **kind, "figures": json_rows(frame)})


def _short(metric: Metric) -> dict[str, Any]:
    return {name: getattr(metric, name) for name in _SHOWN}
