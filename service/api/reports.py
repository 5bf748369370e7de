"""``/api/v1/reports``, ``/api/v1/roi``: frozen reports with their files; a quarter's return as it is now."""

from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from dashboards.access.audit import Deed
from dashboards.words.simulated import mark
from metrics.quarters import Quarter, quarter_named
from metrics.roi.door import roi
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.scenario import Scenario
from service.api.answers import JSON, UNCHANGED, answer, as_json, unchanged
from service.api.problems import ProblemError, refusals
from service.api.published import IfNoneMatch, NewestHere, SnapshotAbout, about, tag_of
from service.api.served import ServedHere
from service.api.tokens import Caller, requires
from service.configuration.config import Settings
from service.reports.frozen import frozen_reports, frozen_versions
from service.reports.investment import as_json as roi_values
from warehouse.errors import FrozenReportError
from warehouse.frozen import INPUTS, Frozen
from warehouse.publish import Snapshot

router = APIRouter(prefix="/v1", tags=["reports"], dependencies=[Depends(requires("read"))])
_REFUSALS = refusals(401, 403, 404, 422, 500)
_TYPES = {".csv": "text/csv; charset=utf-8", ".md": "text/markdown; charset=utf-8"}
_PAGE = "text/html; charset=utf-8"
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {type_: {} for type_ in (*_TYPES.values(), _PAGE)}}
}
Name = Annotated[str, Path(max_length=200)]
Number = Annotated[int, Path(ge=1, le=10**6)]


class ReportFile(BaseModel):
    """A file of a report; `path` is relative to the address of the API."""

    name: str
    sha256: str
    path: str


class FrozenVersion(BaseModel):
    """A version of a quarter's report as it was frozen; it never changes."""

    report_id: str
    quarter: str
    version: int
    generated_at: datetime
    model_version: str
    config_sha256: str
    snapshot_version: int
    seed: int
    accepted: str
    reason: str
    files: list[ReportFile]


class Investment(BaseModel):
    """A quarter's return as the model computes it now."""

    snapshot: SnapshotAbout
    roi: dict[str, Any]


@router.get("/reports", responses=refusals(401, 403, 500))
def reports(served: ServedHere) -> list[FrozenVersion]:
    """Every frozen version of every quarter, by quarter and version."""
    try:
        return [_about(frozen) for frozen in frozen_reports(served.settings)]
    except FrozenReportError as error:
        raise _damaged() from error


@router.get("/reports/{quarter}", responses=_REFUSALS)
def versions(quarter: Name, served: ServedHere) -> list[FrozenVersion]:
    """The frozen versions of a quarter, the oldest first."""
    return [_about(frozen) for frozen in _versions(served.settings, quarter)]


@router.get(
    "/reports/{quarter}/{version}/files/{name}",
    response_class=Response,
    responses=_REFUSALS | UNCHANGED | _FILE,
)
def file(
    quarter: Name,
    version: Number,
    name: Name,
    served: ServedHere,
    caller: Annotated[Caller, Depends(requires("read"))],
    if_none_match: IfNoneMatch = "",
) -> Response:
    """A file of a frozen version, byte for byte as it was frozen."""
    frozen = next((v for v in _versions(served.settings, quarter) if v.manifest.version == version), None)
    checksum = _files(frozen).get(name) if frozen else None
    if frozen is None or checksum is None:
        raise ProblemError(404, "There is no such file; `/v1/reports/QUARTER` lists those that there are.")
    tag = tag_of(checksum)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    try:
        content = frozen.texts[name]
        served.note(caller, Deed("export", name, f"{frozen.manifest.period} version {version}"))
        media_type = _TYPES.get(PurePath(name).suffix, _PAGE)
        return answer(content, media_type, tag, name=name)
    except FrozenReportError as error:
        raise _damaged() from error


@router.get("/roi/{quarter}", response_model=Investment, responses=_REFUSALS | UNCHANGED | refusals(503))
def investment(
    quarter: Name,
    served: ServedHere,
    published: NewestHere,
    caller: Annotated[Caller, Depends(requires("read"))],
    self_service_share: Annotated[
        float | None, Query(ge=0, le=1, description="What if this share of requests went by self-service.")
    ] = None,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """Lines, headlines with ranges, what matters most and what is missing, from the newest snapshot.

    It is what `payoff roi --format json` gives; it freezes nothing.
    """
    wanted, seed = _quarter(served.settings, quarter), served.settings.report.seed
    tag = tag_of(published.key, wanted, seed, self_service_share)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    content = published.remembered(_roi, wanted, seed, self_service_share)
    # All of a quarter's money leaves with it, as with a file of its report.
    served.note(caller, Deed("export", f"return on investment {wanted.name}", _what_if(self_service_share)))
    return answer(content, JSON, tag)


def _what_if(share: float | None) -> str:
    return "" if share is None else f"if {share:g} of requests went by self-service"


def _roi(snapshot: Snapshot, quarter: Quarter, seed: int, share: float | None) -> bytes:
    scenario = None if share is None else Scenario(share)
    result = roi(snapshot, quarter.name, assumptions_in(ledger_in(snapshot)), seed, scenario=scenario)
    return as_json({"snapshot": about(snapshot), "roi": mark(snapshot.settings) | roi_values(result)})


def _quarter(settings: Settings, name: str) -> Quarter:
    return quarter_named(name, settings.organisation.quarter_start_month)


def _versions(settings: Settings, quarter: str) -> tuple[Frozen, ...]:
    name = _quarter(settings, quarter).name
    try:
        found = frozen_versions(settings, name)
    except FrozenReportError as error:
        raise _damaged() from error
    if not found:
        raise ProblemError(404, f"{name} has no frozen report; `payoff report --quarter {name}` freezes one.")
    return found


def _files(frozen: Frozen) -> dict[str, str]:
    """The files that were published; what the version was computed from stays here."""
    return {name: checksum for name, checksum in frozen.manifest.files.items() if name != INPUTS}


def _about(frozen: Frozen) -> FrozenVersion:
    manifest = frozen.manifest
    home = f"v1/reports/{manifest.period}/{manifest.version}/files"
    files = [ReportFile(name=n, sha256=c, path=f"{home}/{n}") for n, c in _files(frozen).items()]
    own = {name: getattr(manifest, name) for name in FrozenVersion.model_fields if hasattr(manifest, name)}
    return FrozenVersion(**{**own, "quarter": manifest.period, "files": files})


def _damaged() -> ProblemError:
    return ProblemError(
        500, "A frozen report is not as it was frozen; restore the folder `reports` from a backup."
    )
