"""What is asked of a metric, and its answer as bytes: the same for the command line and the HTTP API."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from dashboards.page.exports import csv_bytes
from dashboards.words.simulated import mark, marked
from metrics.compute import compute
from metrics.evidence import evidence
from metrics.scope import By, Filter, Period
from service.errors import UsageError
from service.subjects import require_known
from warehouse.publish import Snapshot

Format = Literal["csv", "json", "parquet"]
_ONE_YEAR_DAYS = 365
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric and what narrows it; ``parameters`` are the metric's own, as pairs, in the order of names."""

    name: str
    start: date
    end: date
    by: By = "organisation"
    period: Period = "month"
    minimum_n: int | None = None
    where: Filter = EVERYTHING
    parameters: tuple[tuple[str, Any], ...] = field(default=())

    def figures(self, snapshot: Snapshot) -> pd.DataFrame:
        """`metrics.compute.compute`.

        Raises
        ------
        UsageError : a service, team, tier or action that the snapshot does not know.
        """
        require_known(snapshot, self.where, self.by)
        return compute(self.name, snapshot, self.start, self.end, minimum_n=self.minimum_n, **self._rest)

    def rows(self, snapshot: Snapshot, **cell: Any) -> pd.DataFrame:
        """`metrics.evidence.evidence`; ``cell`` narrows it to a scope, a period, a page.

        Raises
        ------
        UsageError : as `figures` does, and a scope that the snapshot does not know.
        """
        require_known(snapshot, self.where, self.by, cell.get("scope_id"))
        return evidence(self.name, snapshot, self.start, self.end, **self._rest, **cell)

    @property
    def words(self) -> str:
        """The window, the cut and the filter, for the audit."""
        narrowed = [f"{name}={','.join(values)}" for name, values in asdict(self.where).items() if values]
        return " ".join([f"{self.start}/{self.end} by {self.by}, {self.period}", *narrowed])

    @property
    def _rest(self) -> dict[str, Any]:
        return {"by": self.by, "period": self.period, "where": self.where, **dict(self.parameters)}


def narrowed(**chosen: Iterable[str] | None) -> Filter:
    """The filter of lists that may be empty, which let all through."""
    return Filter(**{name: tuple(values) if values else None for name, values in chosen.items()})


def window(first: date | None, end: date) -> tuple[date, date]:
    """The days ``[first, end)``; without a first one the year up to the end."""
    return first or date.fromordinal(max(end.toordinal() - _ONE_YEAR_DAYS, 1)), end


def own_parameters(pairs: Iterable[str]) -> tuple[tuple[str, Any], ...]:
    """A metric's own parameters, written as ``name=value``.

    Raises
    ------
    UsageError : one has no value.
    """
    words = {"true": True, "false": False}
    parsed: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            raise UsageError(
                f"parameter {pair!r} has no value; write it as name=value, such as clock=merged."
            )
        parsed[key] = words.get(value, int(value) if value.isdecimal() and len(value) < 10 else value)
    return tuple(sorted(parsed.items()))


def encoded(frame: pd.DataFrame, format_: Format, settings: Mapping[str, Any]) -> bytes:
    """The frame as a file; where the snapshot is simulated, every row says so."""
    whole = marked(frame, **mark(settings))
    if format_ == "parquet":
        return whole.to_parquet(None, index=False)
    if format_ == "csv":
        return csv_bytes(whole, is_simulated=False)
    return (json.dumps(json_rows(whole), indent=1, ensure_ascii=False) + "\n").encode()


def json_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them: days and instants as text, an unknown as null."""
    rows: list[dict[str, Any]] = json.loads(
        _with_days_as_text(frame).to_json(
            orient="records", date_format="iso", date_unit="s", double_precision=12
        )
    )
    return rows


def _with_days_as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Days as CSV has them; pandas would write them to JSON as midnights, which they are not."""
    plain = frame.copy()
    for name in frame.columns:
        if pd.api.types.infer_dtype(frame[name]) == "date":
            plain[name] = [None if pd.isna(day) else day.isoformat() for day in frame[name]]
    return plain
