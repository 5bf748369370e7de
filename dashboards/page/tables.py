"""Tables of pages: every number, share and time is written in the organisation's locale and still sorts."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from dashboards.page.data import Facts
from dashboards.page.layout import rows_tall
from dashboards.words.values import count, day_text, moment_text, number, percent_text

_SHARES = ("share", "largest share")
Writer = Callable[[Any], str]


def local_times(times: pd.Series, facts: Facts) -> pd.Series:
    """UTC times without a zone as wall time of the reporting zone."""
    return pd.to_datetime(times).dt.tz_localize("UTC").dt.tz_convert(facts.zone).dt.tz_localize(None)


def show(
    frame: pd.DataFrame,
    alt: str,
    *,
    most: int = 9,
    columns: Mapping[str, Any] | None = None,
    writers: Mapping[str, Writer] | None = None,
    **rest: Any,
) -> Any:
    """The frame as a table of the page, its first column pinned; an unknown is blank.

    At most ``most`` rows are seen at once. ``columns`` are column configurations of Streamlit, ``writers``
    the text of a column where it is not the usual one of its kind, ``rest`` goes to `streamlit.dataframe`,
    whose answer comes back.
    """
    usual = {
        str(name): st.column_config.Column(_heading(str(name)), pinned=i == 0)
        for i, name in enumerate(frame.columns)
    }
    return st.dataframe(
        written(frame, writers or {}),
        hide_index=True,
        height=rows_tall(len(frame), most),
        alt=alt,
        placeholder="",
        column_config={**usual, **(columns or {})},
        **rest,
    )


def filled(table: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns in which no row says anything; one without rows keeps its headings."""
    if table.empty:
        return table
    return table.loc[:, [bool((table[name].notna() & (table[name] != "")).any()) for name in table.columns]]


def _heading(name: str) -> str:
    words = name.replace("_", " ")
    return words if len(words) == 1 else f"{words[:1].upper()}{words[1:]}"


def written(frame: pd.DataFrame, writers: Mapping[str, Writer]) -> Styler:
    """The frame with the text of each cell beside its value."""
    plain = frame.reset_index(drop=True)
    usual = {str(name): writer for name in plain.columns if (writer := _usual(plain[name]))}
    chosen = {name: partial(_known, writer) for name, writer in {**usual, **writers}.items()}
    return plain.style.format(chosen)  # type: ignore[arg-type]


def _usual(column: pd.Series) -> Writer | None:
    """How a column of this kind is written; ``None``: as it is."""
    if column.name in _SHARES:
        return percent_text
    if pd.api.types.is_bool_dtype(column):
        return None
    if pd.api.types.is_datetime64_any_dtype(column):
        return moment_text
    # A count of which some are unknown is a float to pandas.
    if pd.api.types.is_integer_dtype(column) or column.name == "n":
        return count
    if pd.api.types.is_float_dtype(column):
        return number
    return _day if pd.api.types.infer_dtype(column, skipna=True) in ("date", "datetime") else None


def _day(value: Any) -> str:
    return moment_text(value) if isinstance(value, datetime) else day_text(value)


def _known(writer: Writer, value: Any) -> str:
    is_missing = (
        value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))
    )
    return "" if is_missing else writer(value)
