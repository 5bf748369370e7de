"""``/api/v1/sources``: what each source brings, until when it is known, and how its last runs went."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from dashboards.questions.health import is_stale
from dashboards.questions.published import Published
from dashboards.words.simulated import mark
from service.api.answers import JSON, UNCHANGED, answer, unchanged
from service.api.problems import ProblemError, refusals
from service.api.published import IfNoneMatch, NewestHere, tag_of
from service.api.served import ServedHere
from service.api.tokens import requires
from service.configuration.config import Settings
from service.configuration.problems import nearest
from warehouse.publish import Snapshot
from warehouse.sources import KNOWN, SOURCE_RUNS

router = APIRouter(prefix="/v1/sources", tags=["sources"], dependencies=[Depends(requires("read"))])
_SKIPPED = "SELECT source, count(*) AS n FROM skipped_items GROUP BY ALL"
_RUNS = f"""
SELECT source, job, status, started_at, finished_at, n_inserted, n_updated, n_skipped, n_requests, message
FROM ({SOURCE_RUNS})
QUALIFY row_number() OVER (PARTITION BY source ORDER BY run_id DESC) <= $n_runs
ORDER BY source, run_id DESC
"""


class Resource(BaseModel):
    """A resource that a source brings. It may have gaps between the two instants."""

    resource: str
    known_from: datetime
    known_until: datetime


class JobRun(BaseModel):
    """A run, and what it brought; `message` is why it failed."""

    job: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    n_inserted: int | None
    n_updated: int | None
    n_skipped: int | None
    n_requests: int | None
    message: str | None


class SourceAbout(BaseModel):
    """A source; `kind` is null where the configuration does not name it (any more).

    `is_stale` is null where nothing says until when it is known.
    """

    name: str
    kind: str | None
    every: str | None = None
    schedule: str | None = None
    is_stale: bool | None = None
    n_skipped_items: int = 0
    resources: list[Resource] = []
    last_runs: list[JobRun] = []


class Sources(BaseModel):
    """Sources as the newest snapshot knows them."""

    snapshot_version: int
    as_of: datetime
    is_simulated: bool
    sources: list[SourceAbout]


Runs = Annotated[int, Query(ge=0, le=100, description="How many of the last runs of each source.")]


@router.get("", response_model=Sources, responses=UNCHANGED | refusals(401, 403, 422, 503))
def sources(
    served: ServedHere, published: NewestHere, runs: Runs = 1, if_none_match: IfNoneMatch = ""
) -> Response:
    """Every source, of the configuration and of the data."""
    found = _sources(served.settings, published.snapshot, runs, served.clock())
    return _answer(found, published.snapshot, if_none_match)


@router.get("/{name}", response_model=Sources, responses=UNCHANGED | refusals(401, 403, 404, 422, 503))
def source(
    name: Annotated[str, Path(max_length=200)],
    served: ServedHere,
    published: NewestHere,
    runs: Runs = 20,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """One source."""
    found = _sources(served.settings, published.snapshot, runs, served.clock())
    if name not in found:
        near = nearest(name, list(found))
        hint = f" Did you mean {near!r}?" if near else ""
        raise ProblemError(404, f"There is no source {name!r}.{hint} Sources: {', '.join(found)}.")
    return _answer({name: found[name]}, published.snapshot, if_none_match)


def _answer(found: dict[str, SourceAbout], snapshot: Snapshot, if_none_match: str) -> Response:
    """The tag is of the whole content: what is stale changes with the clock."""
    as_of = datetime.fromisoformat(str(snapshot.settings["as_of"]))
    whole = Sources(
        snapshot_version=snapshot.version,
        as_of=as_of,
        sources=list(found.values()),
        **mark(snapshot.settings),
    )
    content = whole.model_dump_json().encode()
    tag = tag_of(content)
    return unchanged(tag, if_none_match) or answer(content, JSON, tag)


def _sources(settings: Settings, snapshot: Snapshot, n_runs: int, now: datetime) -> dict[str, SourceAbout]:
    found = {
        each.name: SourceAbout(name=each.name, kind=each.kind, every=each.every, schedule=each.schedule)
        for each in settings.sources
    }

    def of(row: dict[str, Any]) -> SourceAbout:
        return found.setdefault(row["source"], SourceAbout(name=row["source"], kind=None))

    for row in _rows(snapshot, KNOWN):
        of(row).resources.append(Resource.model_validate(row | {"known_until": row["known_to"]}))
    for row in _rows(snapshot, _SKIPPED):
        of(row).n_skipped_items = row["n"]
    for row in _rows(snapshot, _RUNS, n_runs=n_runs):
        of(row).last_runs.append(JobRun.model_validate(row))
    for each in found.values():
        each.is_stale = _is_stale(each, snapshot, now)
    return found


def _is_stale(about: SourceAbout, snapshot: Snapshot, now: datetime) -> bool | None:
    """Whether its newest data is older than configured, judged as on the page."""
    if not about.resources:
        return None
    return is_stale(Published(snapshot), max(each.known_until for each in about.resources), now)


def _rows(snapshot: Snapshot, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows whose instants know that they are UTC."""
    return [
        {key: v.replace(tzinfo=UTC) if isinstance(v, datetime) else v for key, v in row.items()}
        for row in snapshot.sql(sql, parameters).to_pylist()
    ]
