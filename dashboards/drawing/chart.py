"""A chart in Plotly's own form, gathered part by part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from plotly.basedatatypes import BaseFigure


@dataclass
class Chart:
    """Traces and a layout by the names of Plotly's schema.

    Plotly's own figure looks through all that it holds each time that a part is added, a tenth of a second
    for a trend. So parts are gathered here and handed on unchecked: tests check every chart.
    """

    layout: dict[str, Any]
    data: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: Literal["bar", "heatmap", "scatter"], **trace: Any) -> None:
        self.data.append({"type": kind, **trace})

    def add_words(self, text: str, **annotation: Any) -> None:
        """A text in the plot or beside it, without an arrow."""
        self.layout.setdefault("annotations", []).append({"text": text, "showarrow": False, **annotation})

    def add_span(self, left: Any, right: Any, **look: Any) -> None:
        """A stretch of the x axis, as high as the plot."""
        self._add_shape(type="rect", x0=left, x1=right, xref="x", y0=0, y1=1, yref="y domain", **look)

    def add_upright(self, x: float, **look: Any) -> None:
        """A line as high as the plot."""
        self._add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", **look)

    def add_level(self, y: float, **look: Any) -> None:
        """A line as wide as the plot."""
        self._add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, yref="y", **look)

    def _add_shape(self, **shape: Any) -> None:
        self.layout.setdefault("shapes", []).append(shape)

    def set_x(self, **axis: Any) -> None:
        self.layout["xaxis"] |= axis

    def set_y(self, **axis: Any) -> None:
        self.layout["yaxis"] |= axis

    def figure(self) -> BaseFigure:
        """The chart for Streamlit, so made that the browser draws it once.

        Streamlit hands Plotly a fresh copy of each chart right after it is drawn. Plotly draws a copy again
        unless told that its data are the same (``datarevision``; a chart with other data is another element),
        and unless it has no template. Nothing of Streamlit's is needed: charts name their own colours.
        """
        return _Drawn({"data": self.data, "layout": {**self.layout, "datarevision": 1, "template": None}})


class _Drawn(BaseFigure):  # type: ignore[misc]
    """A figure to whoever takes Plotly's, which gives its parts as they are.

    Plotly's copies them four times on the way to the browser, two milliseconds for each chart of a page.
    """

    def __init__(self, parts: Mapping[str, Any]) -> None:
        # Plotly lets no attribute be set that its schema does not know.
        object.__setattr__(self, "_parts", parts)

    def to_dict(self) -> Mapping[str, Any]:
        parts: Mapping[str, Any] = self._parts
        return parts
