"""How much could be tied together, as a sentence and as bars."""

from typing import Any

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure, room
from dashboards.questions.linkage import UNKNOWN
from dashboards.words.values import count, share_text

_ROOM = 0.2


def linkage_finding(frame: pd.DataFrame) -> str:
    """``Tied or typed: 98 % of merged changes, 71 % of incidents, 88 % of tickets``"""
    if frame.empty:
        return "No changes, incidents or tickets in this window"
    parts = []
    for kind, rows in frame.groupby("kind", sort=False):
        tied = rows.loc[~rows["method"].isin(UNKNOWN[str(kind)]), "n"].sum()
        parts.append(f"{share_text(tied, rows['n'].sum())} of {str(kind).lower()}")
    return f"Tied or typed: {', '.join(parts)}"


def linkage_chart(frame: pd.DataFrame, colours: Palette) -> Chart:
    """One bar for each kind, its methods side by side in the order of the frame; unknown is hatched."""
    kinds = list(dict.fromkeys(frame["kind"]))[::-1]
    chart = figure(colours, height=70 + 62 * len(kinds), left=room(kinds), right=20, top=8, bottom=34)
    shades = (colours.accent, colours.second, colours.muted)
    for kind in kinds:
        rows = frame[frame["kind"] == kind]
        for i, row in enumerate(rows.itertuples()):
            is_unknown = row.method in UNKNOWN[kind]
            chart.add(
                "bar",
                y=[kind],
                x=[100 * float(row.share)],
                orientation="h",
                name=str(row.method),
                showlegend=False,
                marker={
                    "color": colours.warn if is_unknown else shades[i % len(shades)],
                    "opacity": 0.9,
                    "pattern": {"shape": "/" if is_unknown else "", "size": 6, "solidity": 0.25},
                    "line": {"color": colours.paper, "width": 1},
                },
                text=share_text(float(row.share), 1) if _has_room(row) else "",
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": colours.paper if not is_unknown else colours.ink},
                hovertemplate=f"{kind}: {row.method}<br>{count(int(row.n))}<extra></extra>",
            )
    chart.layout["barmode"] = "stack"
    chart.set_x(range=[0, 101], ticksuffix=" %", dtick=25, showgrid=True, gridcolor=colours.grid)
    return chart


def _has_room(row: Any) -> bool:
    """Whether the share can stand inside of its part of the bar on a narrow screen."""
    return bool(row.share >= _ROOM and row.method not in UNKNOWN[row.kind])
