"""What a figure is asked for: the window, the grouping, the filter, and the snapshot it is read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol, get_args

import pandas as pd
import pyarrow as pa

from metrics.errors import ParameterError

By = Literal["service", "team", "action", "organisation"]
# What cubes tell apart besides, so that what is narrowed to one team can be read by action too.
Grouping = Literal[By, "team and action"]
Period = Literal["week", "month", "quarter", "window"]


class Snapshot(Protocol):
    """What metrics need of a published snapshot."""

    @property
    def settings(self) -> Mapping[str, Any]: ...

    def sql(self, query: str, parameters: Mapping[str, Any] = ...) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """Which services, teams and self-service actions count; ``None`` lets all through."""

    services: tuple[str, ...] | None = None
    teams: tuple[str, ...] | None = None
    tiers: tuple[str, ...] | None = None
    actions: tuple[str, ...] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """The bound parameters of ``in_scope`` and ``in_actions``."""
        chosen = {
            "services": self.services,
            "teams": self.teams,
            "tiers": self.tiers,
            "actions": self.actions,
        }
        return {name: None if values is None else list(values) for name, values in chosen.items()}


@dataclass(frozen=True, slots=True)
class Question:
    """A window of local days ``[start, end)``, a grouping, a period and a filter."""

    start: date
    end: date
    by: Grouping = "service"
    period: Period = "window"
    where: Filter = Filter()

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ParameterError(f"The window ends ({self.end}) before it starts ({self.start}).")
        for name, value, kind, offered in (
            ("by", self.by, Grouping, By),
            ("period", self.period, Period, Period),
        ):
            if value not in get_args(kind):
                raise ParameterError(f"{name}={value!r} is not one of {', '.join(get_args(offered))}.")

    @property
    def parameters(self) -> dict[str, Any]:
        """The bound parameters of a metric's SQL."""
        return {
            "start": self.start,
            "end": self.end,
            "by": self.by,
            "period": self.period,
            **self.where.parameters,
        }


def run(snapshot: Snapshot, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
    """The query's rows, given just those parameters that it names."""
    return snapshot.sql(sql, {key: value for key, value in parameters.items() if f"${key}" in sql})


def fetch(snapshot: Snapshot, sql: str, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """Like `run`, as a frame in which dates are dates."""
    frame: pd.DataFrame = run(snapshot, sql, parameters).to_pandas(date_as_object=True)
    return frame
