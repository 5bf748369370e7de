"""What is said of the sources: their states, how old they are, and what needs somebody."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from dashboards.questions.sources import Look, State
from dashboards.words.values import count
from warehouse.sources import SPOOL

STATES: dict[State, str] = {
    "failing": "✕ last run failed",
    "stale": "◷ stale",
    "stopped": "‖ last run was interrupted",
    "current": "✓ current",
    "unknown": "– nothing known yet",
}
"""What is said of a source, what needs somebody first; a sign and words, never colour alone."""


def age_words(at: Any, now: datetime) -> str:
    """``3 hours``: how long ago a UTC time was; empty where it is unknown."""
    if pd.isna(at):
        return ""
    hours = (now - at.to_pydatetime().replace(tzinfo=UTC)).total_seconds() / 3600
    for length, unit in ((24.0, "day"), (1.0, "hour")):
        if hours >= 2 * length:
            return f"{int(hours / length)} {unit}s"
    return f"{max(int(hours * 60), 0)} min"


def source_name(source: str) -> str:
    """The source's own name; a word that people know for what is sent to Payoff or done in it."""
    return "sent to Payoff" if source == SPOOL else source


def listed(names: Sequence[str]) -> str:
    """``github, jira and 2 more``"""
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def sources_finding(found: Look) -> str:
    """How many sources are not well, and which."""
    total = len(found.sources)
    parts = [
        f"{listed(members)} {words}"
        for words, members in (
            ("failed", found.in_state("failing")),
            ("is stale" if len(found.in_state("stale")) == 1 else "are stale", found.in_state("stale")),
            ("stopped half-way", found.in_state("stopped")),
        )
        if members
    ]
    if not total:
        return "No source has delivered anything yet"
    if parts:
        return f"{'The source' if total == 1 else f'Of {count(total)} sources,'} {'; '.join(parts)}"
    if total <= 2:
        return "The only source is current" if total == 1 else "Both sources are current"
    return f"All {count(total)} sources are current"


def checks_finding(found: Look) -> str:
    """How many data checks found something."""
    if len(found.checks):
        return f"{count(len(found.checks))} of {count(found.n_checks)} data checks found something"
    return f"All {count(found.n_checks)} data checks passed"
