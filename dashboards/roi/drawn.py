"""Row charts of `report_rows` on a page, in the palette of the reader's theme.

Bars are pictures beside ordinary text, so that labels wrap on a narrow screen; what a bar says is its
alternative text. A page may hold no inline SVG, so each is an image of its own.
"""

import base64
import re
from html import escape, unescape

import streamlit as st

from dashboards.drawing.theme import Palette
from dashboards.report.rows import RowChart

_LAYOUT = """
.drawn {{ container-type: inline-size; }}
.rows {{ display: grid; grid-template-columns: minmax(150px, 38%) 1fr; align-items: center; }}
.rows .name {{ padding-right: 14px; text-align: right; line-height: 1.15; font-size: 14px; color: {ink}; }}
.rows .name small {{ padding-left: 6px; color: {muted}; font-size: 12px; white-space: nowrap; }}
.rows img {{ display: block; width: 100%; max-width: none; }}
@container (max-width: 430px) {{
  .rows {{ grid-template-columns: minmax(0, 1fr); }}
  .rows .name {{ text-align: left; padding: 8px 0 0; }}
}}
"""
_SHAPES = """
text {{ font: 13px "Source Sans", "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; fill: {ink};
  font-variant-numeric: tabular-nums; paint-order: stroke; stroke: {paper}; stroke-width: 3px;
  stroke-linejoin: round; }}
text.quiet {{ fill: {muted}; font-size: 12.5px; }}
.grid {{ stroke: {grid}; }} .zero {{ stroke: {muted}; }}
.join {{ stroke: {muted}; stroke-dasharray: 3 3; }} .base {{ stroke: {ink}; stroke-width: 2; }}
.gain {{ fill: {good}; }} .loss {{ fill: {bad}; }} .net {{ fill: {accent}; }}
.range {{ fill: {band}; stroke: {accent}; }} .middle {{ stroke: {accent}; stroke-width: 3; }}
.point {{ fill: {paper}; stroke: {ink}; stroke-width: 2; }}
"""
_COLOURS = ("ink", "muted", "paper", "grid", "accent", "good", "bad", "band")
_SAYS = re.compile(r'^<svg [^>]*?aria-label="([^"]*)"')
_HEIGHT = re.compile(r'^<svg [^>]*?height="([^"]*)"')


def draw(chart: RowChart, colours: Palette, *, alt: str) -> None:
    """The chart under its name for screen readers."""
    named = {name: getattr(colours, name) for name in _COLOURS}
    shapes = _SHAPES.format(**named)
    rows = "".join(
        f'<div class="name">{_label(label)}</div><div>{_image(str(svg), shapes)}</div>'
        for label, svg in chart.rows
    )
    axis = f'<div class="name"></div><div>{_image(str(chart.axis), shapes)}</div>'
    st.html(
        f'<div class="drawn"><div class="rows" role="group" aria-label="{escape(alt)}">{rows}{axis}</div>'
        "</div>"
        f"<style>{_LAYOUT.format(**named)}</style>"
    )


def _image(svg: str, shapes: str) -> str:
    """The drawing as an image; one without words of its own is decoration."""
    says, height = _SAYS.match(svg), _HEIGHT.match(svg)
    head, rest = svg.split(">", 1)
    drawing = f'{head} xmlns="http://www.w3.org/2000/svg"><style>{shapes}</style>{rest}'
    data = base64.b64encode(drawing.encode()).decode()
    words = unescape(says[1]) if says else ""
    tall = height[1] if height else "34"
    return f'<img src="data:image/svg+xml;base64,{data}" height="{tall}" alt="{escape(words)}">'


def _label(label: str | tuple[str, str]) -> str:
    if isinstance(label, str):
        return escape(label)
    return f"{escape(label[0])}<small>{escape(label[1])}</small>"
