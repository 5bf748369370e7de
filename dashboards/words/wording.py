"""Sentences made from figures and their intervals. They say what is, never why.

A change is named only where the two intervals are apart; otherwise the sentence says "no clear change".
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from dashboards.words.values import as_float, count, day_text, interval_text, share_text, value_text
from dashboards.words.vocabulary import CHANGES, NO_SOURCE, NOUNS, REASONS
from metrics.bands import placement
from metrics.catalog import Metric, metric_named

Direction = Literal["rose", "fell", "unclear", "unknown"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a metric: the value with everything that qualifies it. NaN where a number is unknown."""

    metric: Metric
    value: float
    n: int
    low: float
    high: float
    status: str
    is_stale: bool
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        return self.status == "ok"


def figure_of(name: str, row: Mapping[str, Any] | None) -> Figure:
    """The figure in a row of `metrics.compute`; no row is not collected."""
    metric = metric_named(name)
    if row is None:
        return Figure(metric, math.nan, 0, math.nan, math.nan, "not_collected", False)
    lead = ("value", "n", "low", "high", "status", "is_stale")
    return Figure(
        metric=metric,
        value=as_float(row["value"]),
        n=int(row["n"]),
        low=as_float(row["low"]),
        high=as_float(row["high"]),
        status=str(row["status"]),
        is_stale=bool(row["is_stale"]),
        extras={key: value for key, value in row.items() if key not in lead},
    )


def only_figure(name: str, frame: pd.DataFrame) -> Figure:
    """The figure of a frame with at most one row."""
    return figure_of(name, None if frame.empty else {str(k): v for k, v in frame.iloc[0].items()})


def noun(metric: Metric, n: int) -> str:
    """What the metric counts, for n of them."""
    one, many = NOUNS.get(metric.name, CHANGES)
    return one if n == 1 else many


def direction(now: Figure, before: Figure) -> Direction:
    """How a figure moved: only intervals that are apart count as a move."""
    if not (now.is_ok and before.is_ok):
        return "unknown"
    if now.low > before.high:
        return "rose"
    return "fell" if now.high < before.low else "unclear"


def is_better(metric: Metric, moved: Direction) -> bool | None:
    """Whether a move is for the better; ``None`` where there is no clear one."""
    if moved not in ("rose", "fell"):
        return None
    return (moved == "rose") == (metric.better == "higher")


def shown(figure: Figure) -> str:
    """The value with its unit, or the state in two words."""
    if figure.is_ok:
        return value_text(figure.metric.unit, figure.value)
    return {"too_few": "too few", "no_data": "none", "not_collected": "not collected"}[figure.status]


def state(figure: Figure) -> str:
    """Why there is no value, in a sentence; empty where there is one."""
    metric = figure.metric
    if figure.status == "too_few":
        return f"Too few to say: {count(figure.n)} of {metric.minimum_n} {noun(metric, 2)} needed."
    if figure.status == "no_data":
        return f"No {noun(metric, 1)} in this window, so there is nothing to measure."
    if figure.status == "not_collected":
        return f"Not collected: {missing_source(figure)} covers this window.{_known_failures(figure)}"
    return ""


def missing_source(figure: Figure) -> str:
    """``no incident source``: what would have to be connected."""
    needs = figure.metric.needs
    missing = [need for need in needs if not as_float(figure.extras.get(f"covered_{need}_days", 0)) > 0]
    return " and ".join(NO_SOURCE[need] for need in missing or needs)


def _known_failures(figure: Figure) -> str:
    known = int(figure.extras.get("at_least_failed", 0))
    return f" At least {count(known)} failed {'one is' if known == 1 else 'ones are'} known." if known else ""


def finding(now: Figure, before: Figure, previous_label: str) -> str:
    """The title of a card or chart: what the figure is and how it moved since the named window."""
    title = now.metric.title
    if not now.is_ok:
        return f"{title}: {state(now)[0].lower()}{state(now)[1:].rstrip('.')}"
    value, earlier = shown(now), value_text(now.metric.unit, before.value)
    moved = direction(now, before)
    if moved == "unknown":
        return f"{title} is {value}; {previous_label} cannot be compared ({shown(before)})"
    if moved == "unclear":
        return f"{title} shows no clear change: {value}, after {earlier} in {previous_label}"
    return f"{title} {moved} to {value}, from {earlier} in {previous_label}"


def sentence(now: Figure, before: Figure, previous_label: str) -> str:
    """The finding with its interval and n."""
    text = finding(now, before, previous_label)
    return f"{text} ({qualification(now)})." if now.is_ok else f"{text}."


def qualification(figure: Figure) -> str:
    """``95 % 16.5 to 18.0, n = 2,418 deployed changes``"""
    return f"{interval_words(figure)}, {n_words(figure)}"


def interval_words(figure: Figure) -> str:
    """``95 % 16.5 to 18.0``; few values have no such interval."""
    if math.isnan(figure.low) and math.isnan(figure.high):
        return "no 95\u00a0% interval with so few"
    interval = interval_text(figure.metric.unit, figure.value, figure.low, figure.high)
    return f"95\u00a0%\u00a0{interval}"


def n_words(figure: Figure) -> str:
    """``n = 2,418 deployed changes``"""
    return f"n\u00a0=\u00a0{count(figure.n)} {noun(figure.metric, figure.n)}"


def level(figure: Figure, year: int, n_services: int) -> str:
    """The level with its year, where there is one."""
    if not figure.is_ok or not has_levels(figure.metric, n_services):
        return ""
    place = placement(figure.metric.name, year, figure.low, figure.high)
    return place.label if place else ""


def has_levels(metric: Metric, n_services: int) -> bool:
    """Whether published levels speak of this figure: they are of one service, so a frequency summed over
    several would always look elite.
    """
    return metric.name != "deployment_frequency" or n_services == 1


def pooling(n_services: int, metric: Metric | None = None) -> str:
    """How rows were put together, for a caption."""
    if metric is not None and metric.is_of_teams:
        return "each team counted once" if "team" in noun(metric, 1) else "all teams pooled"
    return "one service" if n_services == 1 else f"volume-weighted over {count(n_services)} services"


def exclusions(figure: Figure) -> dict[str, int]:
    """What is out, by reason, as words; only reasons that occurred."""
    return {words: n for words, n in _excluded(figure.extras) if n}


def excluded_roles(figure: Figure) -> dict[str, str]:
    """The role of the rows that are out, by the words of `exclusions`."""
    names = (name.removeprefix("excluded_") for name in figure.extras if name.startswith("excluded_"))
    return {REASONS.get(name, name.replace("_", " ")): name for name in names}


def _excluded(extras: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for column, value in extras.items():
        if column.startswith("excluded_"):
            reason = column.removeprefix("excluded_")
            yield REASONS.get(reason, reason.replace("_", " ")), int(value)


def unknowns(figure: Figure) -> list[str]:
    """What a reader has to know beside the number: open ones, inferred ones, what could be classified."""
    extras, notes = figure.extras, []
    if still_open := int(extras.get("n_open", 0)):
        median = as_float(extras.get("kaplan_meier_median"))
        known = "" if math.isnan(median) else f"; with them the median is {value_text('hours', median)}"
        notes.append(f"{count(still_open)} still open{known}")
    if inferred := int(extras.get("n_inferred", 0)):
        notes.append(f"{count(inferred)} inferred from time alone")
    if "n_classified" in extras and (unclassified := figure.n - int(extras["n_classified"])) > 0:
        notes.append(f"{count(unclassified)} could not be classified as planned or unplanned")
    if figure.metric.name == "change_fail_rate" and figure.status != "ok":
        at_least = int(extras.get("at_least_failed", 0))
        notes += [f"at least {count(at_least)} failed"] if at_least else []
    return [*notes, *stated(figure)]


def stated(figure: Figure) -> list[str]:
    """What belongs beside an adoption figure: the day of its denominator, and what a mandate obliges to."""
    extras, notes = figure.extras, []
    day = extras.get("denominator_on")
    if isinstance(day, date):
        notes.append(f"of teams with a deployment or request in the 90 days to {day_text(day)}")
    if mandated := int(extras.get("n_mandated", 0)):
        comply = share_text(int(extras["numerator_mandated"]), mandated)
        notes.append(f"{count(mandated)} of them under a mandate; {comply} comply")
    return notes
