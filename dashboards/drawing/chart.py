"""A chart in Plotly's own form, gathered part by part."""

from dataclasses import dataclass, field
from typing import Any, Literal

import plotly.graph_objects as go


@dataclass
class Chart:
    """Traces and a layout by the names of Plotly's schema.

    Plotly's own figure looks through all that it holds each time that a part is added, a tenth of a second
    for a trend. So parts are gathered here and given to it at once, unchecked: tests check every chart.
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

    def figure(self) -> go.Figure:
        """The chart for Streamlit, so made that the browser draws it once.

        Streamlit hands Plotly a fresh copy of each chart right after it is drawn. Plotly draws a copy again
        unless told that its data are the same (``datarevision``; a chart with other data is another element),
        and unless it has no template. Nothing of Streamlit's is needed: charts name their own colours.
        """
        drawn = go.Figure(self.data, {**self.layout, "datarevision": 1}, _validate=False)
        drawn.layout.template = None
        return drawn
