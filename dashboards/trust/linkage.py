"""How much of what is collected could be tied together: changes, incidents, tickets, by method."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from dashboards.drawing.chart import Chart
from dashboards.drawing.theme import Palette, figure
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.published import Published
from dashboards.words.values import count, share_text
from dashboards.words.windows import Window
from metrics.scope import fetch
from metrics.whole import narrowed, whole

_CHANGES = """
SELECT
    f.change_id, f.service_id, f.team_id, f.tier, c.merged_at, f.deployment_id, f.exclusion, c.source, c.url,
    CASE
        WHEN f.deployment_id IS NULL THEN 'no deployment contains it'
        WHEN f.is_link_stated THEN 'stated by the source'
        ELSE 'by ancestry of commits'
    END AS method
FROM fact_changes f
JOIN changes c ON c.change_id = f.change_id AND c.service_id = f.outside_service_id
WHERE c.merged_at >= $from_at AND c.merged_at < $to_at
"""
# Infrastructure and third parties have no deployment to be linked to.
_INCIDENTS = """
SELECT
    f.incident_id, f.service_id, f.team_id, f.tier, f.started_at, f.cause, f.deployment_id, i.source, f.url,
    CASE f.link_method
        WHEN 'explicit' THEN 'stated by the source'
        WHEN 'window' THEN 'by service and time alone'
        ELSE 'tied to none'
    END AS method
FROM fact_incidents f
JOIN incidents i ON i.incident_id = f.incident_id
WHERE f.started_on >= $start AND f.started_on < $end AND f.cause IN ('change', 'unknown')
"""
_TICKETS = """
SELECT
    f.ticket_id, f.team_id, f.service_id, f.tier, f.queue, f.type, f.action, f.created_at, f.resolved_at,
    t.source, f.url,
    CASE
        WHEN f.type = 'request' AND f.action IS NOT NULL THEN 'request for a known action'
        WHEN f.type = 'request' THEN 'request for no known action'
        WHEN f.type = 'how_to' THEN 'how-to question'
        WHEN f.type = 'incident' THEN 'incident'
        ELSE 'other'
    END AS method
FROM fact_tickets f
JOIN tickets t ON t.ticket_id = f.ticket_id
WHERE f.created_on >= $start AND f.created_on < $end
"""
_COUNTED = "SELECT '{}' AS kind, method, team_id, tier, source, count(*) AS n FROM ({}) GROUP BY ALL"
_LISTED = """
WITH tied AS ({})
SELECT * EXCLUDE (tier) FROM tied
WHERE method = $method AND in_scope(service_id, team_id, tier, NULL, $teams, $tiers)
    AND ($sources IS NULL OR list_contains($sources, source))
ORDER BY 1, 2
"""
# The methods in the order in which they are drawn, surest first; the last one is what is not known.
_METHODS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Merged changes": (
        _CHANGES,
        ("stated by the source", "by ancestry of commits", "no deployment contains it"),
    ),
    "Incidents": (_INCIDENTS, ("stated by the source", "by service and time alone", "tied to none")),
    "Tickets": (
        _TICKETS,
        (
            "request for a known action",
            "how-to question",
            "incident",
            "request for no known action",
            "other",
        ),
    ),
}
UNKNOWN = {
    "Merged changes": ("no deployment contains it",),
    "Incidents": ("tied to none",),
    "Tickets": ("request for no known action", "other"),
}
"""What could not be tied or typed, by kind."""
_ROOM = 0.2


def linkage(facts: Facts, view: View) -> pd.DataFrame:
    """Columns kind, method, n, share (0 to 1, of the kind); only kinds of which the window has rows."""
    counts = narrowed(counts_in(facts, view.window), view.where)
    if view.sources:
        counts = counts[counts["source"].isin(view.sources)]
    numbers = counts.groupby(["kind", "method"])["n"].sum().to_dict()
    rows = []
    for kind, (_, methods) in _METHODS.items():
        total = sum(numbers.get((kind, method), 0) for method in methods)
        rows += [
            (kind, method, int(n), n / total) for method in methods if (n := numbers.get((kind, method), 0))
        ]
    return pd.DataFrame(rows, columns=["kind", "method", "n", "share"])


def counts_in(facts: Published, window: Window) -> pd.DataFrame:
    """How many rows of a window were tied in which way, by team, tier and source."""
    sql = " UNION ALL ".join(_COUNTED.format(kind, tied) for kind, (tied, _) in _METHODS.items())
    asked = _days(facts, window)
    return whole(facts.snapshot, (sql, asked), lambda: fetch(facts.snapshot, sql, asked))


def linkage_rows(facts: Facts, view: View, kind: str, method: str) -> pd.DataFrame:
    """The changes, incidents or tickets that were tied or typed in one way."""
    sql = _LISTED.format(_METHODS[kind][0])
    asked = {"method": method, "sources": list(view.sources) or None, **view.where.parameters}
    return fetch(facts.snapshot, sql, asked | _days(facts, view.window))


def _days(facts: Published, window: Window) -> dict[str, Any]:
    """The window as local days and as instants."""
    zone = ZoneInfo(facts.zone)
    return {
        "start": window.start,
        "end": window.end,
        "from_at": _instant(window.start, zone),
        "to_at": _instant(window.end, zone),
    }


def _instant(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, in UTC without a zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)


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
    chart = figure(colours, height=70 + 62 * len(kinds), top=8)
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
