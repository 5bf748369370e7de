"""The two palettes, and what every chart shares: its frame, and how an interval looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.drawing.chart import Chart
from dashboards.words.locale import in_use
from dashboards.words.wording import Figure

Mode = Literal["light", "dark"]
HEIGHT = 340
# The margin below a plot for its ticks and a legend of one line.
LEGEND = 66
# How wide a digit of the font is, in pixels; letters are narrower on average.
_CHARACTER = 6.5
_TRANSPARENT = "rgba(0,0,0,0)"
# The page's own font; a name with a space is quoted, or the browser drops the whole list.
_FONT = '"Source Sans", sans-serif'


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode; ``shade`` fills every second quarter, ``band`` is the accent made faint."""

    paper: str
    ink: str
    muted: str
    grid: str
    accent: str
    second: str
    good: str
    bad: str
    warn: str
    shade: str
    band: str


PALETTES: Mapping[Mode, Palette] = {
    "light": Palette(
        paper="#FFFFFF",
        ink="#0F172A",
        muted="#64748B",
        grid="#E5EAF1",
        accent="#2563EB",
        second="#0F9D78",
        good="#0B7A53",
        bad="#C02B2B",
        warn="#B45309",
        shade="rgba(100,116,139,0.07)",
        band="rgba(37,99,235,0.14)",
    ),
    "dark": Palette(
        paper="#0B1220",
        ink="#E6EBF4",
        muted="#93A1B8",
        grid="#1F2A40",
        accent="#60A5FA",
        second="#34D399",
        good="#34D399",
        bad="#F87171",
        warn="#FBBF24",
        shade="rgba(147,161,184,0.07)",
        band="rgba(96,165,250,0.20)",
    ),
}


def palette(mode: str | None) -> Palette:
    """The palette of a mode; light where the browser has not said which it shows."""
    return PALETTES["dark" if mode == "dark" else "light"]


def room(labels: Iterable[str]) -> int:
    """The margin that labels beside the plot need: their longest line in the chart's font, and a tick."""
    lines = (line for label in labels for line in label.split("<br>"))
    return 8 + round(_CHARACTER * max(map(len, lines), default=0))


def figure(
    colours: Palette, *, height: int = HEIGHT, left: int = 8, right: int = 16, top: int = 28, bottom: int = 8
) -> Chart:
    """An empty chart: transparent, horizontal grid only, legend below the plot.

    The margins leave room for labels around the plot. Where they are too small Plotly makes them larger, and
    draws the whole chart a second time for it.
    """
    axis = {"zeroline": False, "fixedrange": True, "automargin": True, "tickangle": 0}
    layout: dict[str, Any] = {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom},
        "paper_bgcolor": _TRANSPARENT,
        "plot_bgcolor": _TRANSPARENT,
        "font": {"family": _FONT, "size": 13, "color": colours.muted},
        "hoverlabel": {
            "bgcolor": colours.paper,
            "bordercolor": colours.grid,
            "font": {"color": colours.ink, "size": 13},
        },
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "xanchor": "left",
            "itemclick": False,
            "itemdoubleclick": False,
            # Traces of one group are one entry each here, so groups need no distance of their own.
            "tracegroupgap": 0,
        },
        "dragmode": False,
        "separators": in_use().decimal + in_use().group,
        "barcornerradius": 2,
        "xaxis": {
            "showgrid": False,
            "linecolor": colours.grid,
            "ticks": "outside",
            "tickcolor": colours.grid,
            **axis,
        },
        "yaxis": {"gridcolor": colours.grid, **axis},
    }
    return Chart(layout)


def whiskers(figures: Sequence[Figure], factor: float, colours: Palette) -> Mapping[str, object]:
    """The intervals of figures along their bars or points; one without a value has none."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [(item.high - item.value) * factor for item in figures],
        "arrayminus": [(item.value - item.low) * factor for item in figures],
        "color": colours.ink,
        "thickness": 1.2,
        "width": 4,
    }
