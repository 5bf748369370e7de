"""What a metric measures in each cell: value, n, interval and exclusions, before they are judged."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from metrics.catalog import Metric
from metrics.ground import KEYS, Ground, as_of, ground, is_stale
from metrics.scope import Question, Snapshot, run
from metrics.statistics import STATISTICS


def measured(
    snapshot: Snapshot, metric: Metric, question: Question, given: Mapping[str, Any]
) -> pd.DataFrame:
    """What `compute` gives, but for the status and with the values of cells that have too few rows."""
    figures = run(snapshot, metric.figures_sql_by(question.by), given)
    found = ground(snapshot, metric, question)
    frame = STATISTICS[metric.statistic](_joined(found, figures))
    frame["is_stale"] = is_stale(snapshot, frame, metric.needs, question, found)
    lead = [*KEYS, "value", "n", "low", "high", "is_stale"]
    frame = frame.drop(columns=[c for c in frame.columns if c.endswith("_list")])
    rest = [column for column in frame.columns if column not in lead]
    return _without_two_kinds_of_nothing(frame[lead + rest])


def bound(
    metric: Metric, snapshot: Snapshot, question: Question, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that a metric's SQL may name, of a question that is known to suit the metric."""
    return question.parameters | metric.bind(parameters) | {"as_of": as_of(snapshot)}


def _joined(found: Ground, figures: pa.Table) -> pd.DataFrame:
    """Cells and figures side by side, in order; a column of lists becomes one of arrays named ``…_list``."""
    lists = [name for name in figures.column_names if pa.types.is_list(figures.schema.field(name).type)]
    counts = [name for name in figures.column_names if _is_count(figures.schema.field(name).type)]
    flat = _with_whole_numbers(figures.drop_columns(lists), counts).to_pandas(date_as_object=True)
    for name in lists:
        flat[f"{name}_list"] = _arrays(figures.column(name))
    frame = _beside(found, flat)
    broken = [name for name in counts if frame[name].dtype != "int64"]
    if broken:
        frame[broken] = frame[broken].fillna(0).astype("int64")
    return frame


def _without_two_kinds_of_nothing(frame: pd.DataFrame) -> pd.DataFrame:
    """An unknown day is None, whether its cell has no rows or the rows have no day."""
    kinds = frame.dtypes.iloc[len(KEYS) :]
    for name in kinds.index[kinds == "object"]:
        frame[name] = pd.Series(
            [None if pd.isna(day) else day for day in frame[name]], index=frame.index, dtype="object"
        )
    return frame


def _beside(found: Ground, flat: pd.DataFrame) -> pd.DataFrame:
    keys = list(zip(*(flat[key].tolist() for key in KEYS), strict=True))
    if not all(key in found.places for key in keys):
        return _with_more_cells(found.cells, flat)
    rows = np.full(len(found.cells), -1)
    rows[[found.places[key] for key in keys]] = np.arange(len(flat))
    aligned = flat.drop(columns=KEYS).reindex(rows).set_axis(found.cells.index)
    return pd.concat([found.cells, aligned], axis=1)


def _with_more_cells(cells: pd.DataFrame, flat: pd.DataFrame) -> pd.DataFrame:
    """Figures may lie where no cell was expected, such as those of a scope that is no longer there."""
    frame = cells.merge(flat, on=KEYS, how="outer").sort_values(KEYS, ignore_index=True)
    days = [name for name in cells.columns if name not in KEYS]
    frame[days] = frame[days].fillna(0.0)
    return frame


def _with_whole_numbers(figures: pa.Table, counts: list[str]) -> pa.Table:
    for name in counts:
        place = figures.schema.get_field_index(name)
        figures = figures.set_column(place, name, figures.column(name).cast(pa.int64()))
    return figures


def _is_count(kind: pa.DataType) -> bool:
    """Sums of whole numbers arrive as decimals; anything else is a measure or a day and may be unknown."""
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _arrays(column: pa.ChunkedArray) -> pd.Series:
    """Each cell's list as a numpy view of one flat buffer."""
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        combined = combined.chunk(0) if combined.num_chunks else pa.array([], combined.type)
    values = combined.flatten().to_numpy(zero_copy_only=False)
    offsets = combined.offsets.to_numpy()
    return pd.Series([values[a:b] for a, b in pairwise(offsets)], dtype=object)
