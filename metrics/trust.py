"""How far the sources behind a quarter's figures can be trusted, and what follows: print, stamp or refuse.

A source is *stale* when its newest data is older than the configured age although the quarter had not
ended by then, *incomplete* when its last collection failed, and *below coverage* when too little of the
quarter is known in full. What is not collected at all has no figure that could mislead, and no verdict.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import Field, model_validator

from metrics.kept import kept
from metrics.packing import pack_table, unpack_table
from metrics.quarters import Quarter
from metrics.scope import Snapshot
from warehouse.config import Section

Verdict = Literal["ok", "stamped", "refused"]
Response = Literal["stamp", "refuse"]
_VERDICTS: tuple[Verdict, ...] = ("ok", "stamped", "refused")


class Trust(Section):
    """When a figure of the quarterly report is stamped or refused because of the state of its source."""

    minimum_coverage: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="A figure is refused where less than this share of the quarter is known in full.",
    )
    full_coverage: float = Field(
        default=0.98, ge=0, le=1, description="Below this share, and above the minimum, it is stamped."
    )
    when_stale: Response = Field(
        default="stamp",
        description="stamp or refuse figures whose source stopped before the quarter ended, and is older "
        "than `freshness.stale_after_hours`.",
    )
    when_incomplete: Response = Field(
        default="stamp", description="stamp or refuse figures of a source whose last collection failed."
    )

    @model_validator(mode="after")
    def _is_in_order(self) -> "Trust":
        if self.minimum_coverage > self.full_coverage:
            raise ValueError("`minimum_coverage` must not be above `full_coverage`")
        return self


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a resource in a quarter.

    ``coverage`` is the covered share, 0 to 1, of the quarter and of the ``n_scopes`` services, teams or
    whole organisation that it should speak of; ``until`` is when its newest data ends, UTC.
    """

    resource: str
    sources: tuple[str, ...]
    coverage: float
    n_scopes: int
    n_known: int
    until: datetime | None
    failed: tuple[str, ...] = ()
    verdict: Verdict = "ok"
    reasons: tuple[str, ...] = ()

    @property
    def is_collected(self) -> bool:
        """Whether anything of the quarter is known."""
        return self.n_known > 0

    @property
    def stamp(self) -> str:
        """The verdict as a sentence that names the source; empty where there is nothing to say."""
        names = ", ".join(self.sources)
        return f"{self.resource} from {names}: {'; '.join(self.reasons)}" if self.reasons else ""


def source_states(snapshot: Snapshot, quarter: Quarter, trust: Trust) -> tuple[SourceState, ...]:
    """The state of every resource that any source covers, by name, each with its verdict."""
    zone = ZoneInfo(str(snapshot.settings.get("reporting_zone", "UTC")))
    start, end = (_instant(day, zone) for day in (quarter.start, quarter.end))
    now = datetime.fromisoformat(str(snapshot.settings["as_of"])).replace(tzinfo=None)
    rows = _rows(snapshot, start, min(end, now))
    oldest = min(end, now) - timedelta(hours=float(snapshot.settings.get("stale_after_hours", 48)))
    return tuple(_judged(row, trust, oldest) for row in rows)


def _rows(snapshot: Snapshot, start: datetime, end: datetime) -> list[dict[str, Any]]:
    sql, asked = files("metrics.coverage").joinpath("resources.sql").read_text(), {"start": start, "end": end}
    rows: list[dict[str, Any]] = kept(
        snapshot,
        ("source states", asked),
        lambda: snapshot.sql(sql, asked),
        pack=pack_table,
        unpack=unpack_table,
        is_same=pa.Table.equals,
    ).to_pylist()
    return rows


def _instant(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


def _judged(row: Mapping[str, Any], trust: Trust, oldest: datetime) -> SourceState:
    state = SourceState(
        row["resource"],
        tuple(row["sources"]),
        float(row["coverage"] or 0),
        int(row["n_scopes"]),
        int(row["n_known"]),
        row["until"],
        tuple(row["failed"]),
    )
    findings = list(_findings(state, trust, oldest)) if state.is_collected else []
    return replace(
        state,
        verdict=_worst(found for found, _ in findings),
        reasons=tuple(reason for _, reason in findings),
    )


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=_VERDICTS.index, default="ok")


def _findings(state: SourceState, trust: Trust, oldest: datetime) -> Iterator[tuple[Verdict, str]]:
    percent = f"{100 * state.coverage:.1f} % of the quarter is known"
    if state.coverage < trust.minimum_coverage:
        yield "refused", f"below coverage: {percent}, and {100 * trust.minimum_coverage:g} % is the minimum"
    elif state.coverage < trust.full_coverage:
        yield "stamped", f"partial: {percent}"
    if state.until is not None and state.until < oldest:
        yield _verdict(trust.when_stale), f"stale: the newest data is of {state.until:%Y-%m-%d %H:%M} UTC"
    if state.failed:
        yield _verdict(trust.when_incomplete), f"incomplete: the last run of {', '.join(state.failed)} failed"


def _verdict(response: Response) -> Verdict:
    return "refused" if response == "refuse" else "stamped"


def verdict_on(states: Iterable[SourceState], needs: Sequence[str]) -> tuple[Verdict, tuple[str, ...]]:
    """The worst verdict on the resources that a figure rests on, and the stamps of all that are not well."""
    behind = [state for state in states if state.resource in needs]
    return _worst(state.verdict for state in behind), tuple(state.stamp for state in behind if state.stamp)
