"""How a metric is spread over services: a result of its own beside the pooled figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from metrics.bands import BANDS, LEVELS
from metrics.compute import STATUSES, compute
from metrics.scope import Filter, Snapshot


@dataclass(frozen=True, slots=True)
class Distribution:
    """The spread of a metric over services in one window.

    ``quartiles`` are over the services whose status is ok (``None`` with fewer than four);
    ``level_counts`` counts those services by the level of their value in ``year``; ``status_counts``
    counts all services, so that it is seen how many say nothing.
    """

    metric: str
    year: int
    services: pd.DataFrame
    quartiles: tuple[float, float, float] | None
    level_counts: Mapping[str, int]
    status_counts: Mapping[str, int]


def distribution(
    name: str,
    snapshot: Snapshot,
    start: date,
    end: date,
    *,
    year: int = 2024,
    where: Filter | None = None,
    minimum_n: int | None = None,
    **parameters: Any,
) -> Distribution:
    """The quartiles over services and how many services lie in each band of the report year."""
    frame = compute(name, snapshot, start, end, by="service", where=where, minimum_n=minimum_n, **parameters)
    values = frame.loc[frame["status"] == "ok", "value"]
    quartiles = tuple(float(q) for q in values.quantile([0.25, 0.5, 0.75])) if len(values) >= 4 else None
    bands = BANDS.get(year, {}).get(name)
    levels = values.map(bands.level).value_counts() if bands else pd.Series(dtype="int64")
    statuses = frame["status"].value_counts()
    return Distribution(
        metric=name,
        year=year,
        services=frame,
        quartiles=quartiles,  # type: ignore[arg-type]
        level_counts={level: int(levels.get(level, 0)) for level in LEVELS} if bands else {},
        status_counts={status: int(statuses.get(status, 0)) for status in STATUSES},
    )
