"""A goal at a glance: the figure with its interval, what it was before, and the target, on one line."""

import math
from html import escape

from dashboards.drawing.theme import Palette
from dashboards.words.goals import reading_words, target_words, title_of
from metrics.goals.goal import JudgedGoal, Reading

_HEIGHT = 26


def bar_html(goal: JudgedGoal, colours: Palette) -> str:
    """The line as HTML that fits any width; the interval before stands thin above the one of now."""
    top = _top(goal)
    parts = [_rule(colours)]
    if _is_drawn(goal.before):
        parts.append(_span(goal.before, top, colours.muted, height=2, offset=6))
    if _is_drawn(goal.now):
        parts.append(_span(goal.now, top, colours.accent, height=8, offset=12))
        parts.append(_dot(goal.now.value / top, colours))
    parts.append(_target(goal.target / top, colours))
    said = escape(_alt(goal), quote=True)
    return (
        f'<div role="img" aria-label="{said}" title="{said}" '
        f'style="position:relative;height:{_HEIGHT}px;margin:2px 4px">{"".join(parts)}</div>'
    )


def _top(goal: JudgedGoal) -> float:
    ends = [goal.target, *(_ends(goal.now)), *(_ends(goal.before))]
    return 1.12 * max(end for end in ends if not math.isnan(end))


def _ends(reading: Reading) -> tuple[float, ...]:
    return (reading.value, reading.low, reading.high) if reading.status == "ok" else ()


def _is_drawn(reading: Reading) -> bool:
    return reading.status == "ok" and not math.isnan(reading.value)


def _rule(colours: Palette) -> str:
    return (
        f'<div style="position:absolute;left:0;right:0;top:15px;height:2px;background:{colours.grid}"></div>'
    )


def _span(reading: Reading, top: float, colour: str, *, height: int, offset: int) -> str:
    low, high = (reading.value if math.isnan(end) else end for end in (reading.low, reading.high))
    left, width = 100 * low / top, max(100 * (high - low) / top, 0.4)
    return (
        f'<div style="position:absolute;left:{left:.2f}%;width:{width:.2f}%;top:{offset}px;height:{height}px;'
        f'background:{colour};opacity:0.45;border-radius:3px"></div>'
    )


def _dot(share: float, colours: Palette) -> str:
    return (
        f'<div style="position:absolute;left:calc({100 * share:.2f}% - 5px);top:11px;width:10px;height:10px;'
        f"box-sizing:border-box;border-radius:50%;background:{colours.accent};border:2px solid "
        f'{colours.paper}"></div>'
    )


def _target(share: float, colours: Palette) -> str:
    return (
        f'<div style="position:absolute;left:calc({100 * share:.2f}% - 1px);top:2px;width:2px;height:22px;'
        f'background:{colours.ink}"></div>'
    )


def _alt(goal: JudgedGoal) -> str:
    now = reading_words(goal.unit, goal.now) or "not known"
    then = reading_words(goal.unit, goal.before) or "not known"
    return f"{title_of(goal)}: goal {target_words(goal)}; now {now}; before it was set {then}"
