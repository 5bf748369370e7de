"""Tables of the page on the data: times of the reporting zone, numbers and shares that look alike."""

import pandas as pd
import streamlit as st

from dashboards.page.data import Facts

_TIMES = st.column_config.DatetimeColumn
_NUMBER = st.column_config.NumberColumn


def local_times(times: pd.Series, facts: Facts) -> pd.Series:
    """UTC times without a zone as wall time of the reporting zone."""
    return pd.to_datetime(times).dt.tz_localize("UTC").dt.tz_convert(facts.zone).dt.tz_localize(None)


def show(frame: pd.DataFrame, alt: str, height: int | None = None) -> None:
    """A table in which times, numbers and shares look alike on the whole page."""
    config = {
        str(name): _TIMES(format="D MMM YYYY, HH:mm")
        for name in frame.columns
        if pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    numbers = [str(n) for n in frame.columns if pd.api.types.is_numeric_dtype(frame[n])]
    config |= {name: _NUMBER(format="localized") for name in numbers}
    config |= {name: _NUMBER(format="%.1f") for name in numbers if name in ("seconds", "MB of bodies")}
    config |= {name: _NUMBER(format="%.1f %%") for name in numbers if name in ("share", "largest share")}
    first = str(frame.columns[0])
    config[first] = st.column_config.TextColumn(first, pinned=True)
    st.dataframe(
        frame,
        hide_index=True,
        height=height or min(38 + 35 * max(len(frame), 1), 400),
        alt=alt,
        column_config=config,
    )
