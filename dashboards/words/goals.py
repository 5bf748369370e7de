"""Goals in words: what is asked, whether it is reached with the figure behind that, how it moved."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from dashboards.words.values import (
    count,
    day_text,
    factor_text,
    interval_text,
    round_number,
    scale_of,
    value_text,
)
from metrics.catalog import CATALOG
from metrics.goals.goal import JudgedGoal, Progress, Reading, Verdict
from metrics.goals.judging import WINDOW_DAYS

# An icon and a colour, so that a verdict is told apart without seeing colours too.
VERDICT_MARKS: Mapping[Verdict, tuple[str, str]] = {
    "met": (":material/check_circle:", "green"),
    "not_met": (":material/cancel:", "red"),
    "too_close": (":material/balance:", "orange"),
    "too_few": (":material/hourglass_empty:", "gray"),
    "not_known": (":material/question_mark:", "gray"),
}
# So many days before its last one a goal that is not met needs attention.
NEAR_DAYS = 30
_VERDICTS: Mapping[Verdict, str] = {
    "met": "met",
    "not_met": "not met",
    "too_close": "too close to tell",
    "too_few": "too few to tell",
    "not_known": "not known yet",
}
_PROGRESS: Mapping[Progress, str] = {
    "better": "better than before it was set",
    "worse": "worse than before it was set",
    "unclear": "no clear change since it was set",
    "too_early": "too early to compare with the days before it was set",
    "unknown": "the days before it was set are not known",
}


def title_of(goal: JudgedGoal) -> str:
    """The metric's title."""
    return CATALOG[goal.metric].title if goal.metric in CATALOG else goal.metric


def target_words(goal: JudgedGoal) -> str:
    """``at most 24 h``"""
    scale = scale_of(goal.unit, goal.target)
    # A share is written in full: 99.95 % is a goal, and 100 % would be one that nobody can reach.
    written = factor_text if goal.unit == "ratio" else round_number
    return f"{goal.operator} {written(goal.target * scale.factor)}{scale.suffix}"


def asked_words(goal: JudgedGoal) -> str:
    """``at most 24 h by 31 Dec 2026``"""
    return f"{target_words(goal)} by {day_text(goal.due_on)}"


def verdict_label(goal: JudgedGoal) -> str:
    """The verdict alone; a goal that is not met is missed once its last day is over."""
    if goal.verdict == "not_met" and goal.is_over:
        return "missed"
    return _VERDICTS[goal.verdict]


def verdict_words(goal: JudgedGoal) -> str:
    """``not met, 31.2 h (95 % 28.0 to 35.5, n = 412) in the 90 days to 27 Nov 2026``"""
    figure = reading_words(goal.unit, goal.now)
    behind = f", {figure}" if figure else ""
    stale = ", stale data" if goal.now.is_stale else ""
    return f"{verdict_label(goal)}{behind}{stale} in {window_words(goal)}"


def window_words(goal: JudgedGoal) -> str:
    """``the 90 days to 27 Nov 2026``"""
    return f"the {WINDOW_DAYS} days to {day_text(goal.now.end - timedelta(days=1))}"


def reading_words(unit: str, reading: Reading) -> str:
    """``31.2 h (95 % 28.0 to 35.5, n = 412)``; with too few only n; nothing where nothing is known."""
    n = f"n\u00a0=\u00a0{count(reading.n)}"
    if reading.status == "too_few":
        return n
    if math.isnan(reading.value):
        return ""
    interval = interval_text(unit, reading.value, reading.low, reading.high)
    return f"{value_text(unit, reading.value)} (95\u00a0%\u00a0{interval}, {n})"


def progress_words(goal: JudgedGoal) -> str:
    """How the figure moved since before the goal was set, with the figure of then."""
    then = reading_words(goal.unit, goal.before) if goal.before.status == "ok" else ""
    return f"{_PROGRESS[goal.progress]}{f': {then} then' if then else ''}"


def line_of(goal: JudgedGoal | None) -> tuple[float, str] | None:
    """The target and its words for a line in a chart; ``None`` where there is no goal."""
    return None if goal is None else (goal.target, f"goal: {target_words(goal)}")


def decision_words(goal: JudgedGoal, today: date) -> str:
    """What has to be decided about a goal whose last day is over, or near and not met; empty: nothing."""
    days = (goal.due_on - today).days
    asked = f"**{title_of(goal)}**: the goal of {target_words(goal)}"
    if goal.is_over:
        due = f"{asked} was due on {day_text(goal.due_on)}"
        return f"{due}: {verdict_words(goal)}. Set the next one, or withdraw it."
    if days <= NEAR_DAYS and goal.verdict != "met":
        return f"{asked} is due in {count(days)} {'day' if days == 1 else 'days'}: {verdict_words(goal)}."
    return ""


def goals_finding(judged: Sequence[JudgedGoal]) -> str:
    """``2 of 4 goals are met, 1 is not met, 1 is too close to tell``"""
    labels = [verdict_label(goal) for goal in judged]
    if len(labels) < 2:
        return f"{title_of(judged[0])}: the goal is {labels[0]}" if judged else "No goal is set"
    first, *others = dict.fromkeys(sorted(labels, key=lambda label: label != "met"))
    n = labels.count(first)
    rest = "".join(f", {_how_many(labels, other)}" for other in others)
    return f"{count(n)} of {count(len(labels))} goals {'is' if n == 1 else 'are'} {first}{rest}"


def _how_many(labels: Sequence[str], label: str) -> str:
    n = labels.count(label)
    return f"{count(n)} {'is' if n == 1 else 'are'} {label}"
