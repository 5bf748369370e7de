"""Where things stand on a page: sections, panels side by side, and how tall a table is."""

from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.elements.lib.grid_container import GridContainer

# Below this width a chart with labels beside its plot has no room for the plot.
_HALF = 420
# The height of a row of a table, at the base font size of the theme.
_ROW = 32.8
_LOOK = Path(__file__).parents[1] / "look.css"


def dress() -> None:
    """What the theme cannot say, for every page."""
    st.html(_LOOK)


def section(title: str) -> None:
    """The heading over cards or panels that belong together."""
    st.header(title, anchor=False)


def side_by_side() -> GridContainer:
    """Two panels beside each other, below each other where a half would be too narrow to read."""
    return st.grid(2, min_column_width=_HALF, gap="small")


def five_cards(name: str) -> GridContainer:
    """Five cards in a row; on a middling screen three and two of them fill theirs, as `look.css` says."""
    return st.grid(5, min_column_width=180, gap="small", key=f"five-{name}")


def rows_tall(n: int, most: int = 9) -> int | Literal["content"]:
    """How tall a table of ``n`` rows is: all of them, or so many that half a row says that more follow."""
    return "content" if n <= most else round(_ROW * (1 + most + 0.5))
