"""Charts of the static report as inline SVG: no script, sharp in print, and as wide as the page.

Horizontal places are percentages and texts keep their size, so that a chart reads on a phone and on paper.
Colours are the page's own by class, so that a chart is light or dark with it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Kind = Literal["gain", "loss", "net", "range"]
_ROW, _BAR, _AXIS = 34, 20, 26
# Percent from the left beyond which a text has no room to the right of its band on a narrow screen.
_NO_ROOM = 75
_LABEL_SPACE = 0.24
# Percent from an edge within which a label in the middle of its tick would be cut on a narrow screen.
_EDGE = 8
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """From an amount to a percentage of the width; there is room for labels outside of the bars."""

    low: float
    high: float

    @classmethod
    def over(cls, amounts: Iterable[float]) -> "Scale":
        """A scale that holds zero and the amounts, with room on the sides that have bars."""
        values = [0.0, *amounts]
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        return cls(low - span * _LABEL_SPACE * (low < 0), high + span * _LABEL_SPACE)

    def at(self, amount: float) -> float:
        """The place of an amount, in percent from the left."""
        return round(100 * (amount - self.low) / (self.high - self.low), 3)

    def ticks(self) -> list[float]:
        """Round amounts inside the scale, zero among them."""
        raw = (self.high - self.low) / _TICKS
        step = 10 ** math.floor(math.log10(raw))
        step *= next(m for m in (1, 2, 2.5, 5, 10) if m * step >= raw)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [n * step for n in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from one amount to another, with the text beside it; ``until`` joins it to the next one."""

    start: float
    end: float
    text: str
    kind: Kind
    start_text: str = ""
    until: float | None = None


def bar_svg(bar: Bar, scale: Scale) -> str:
    """One row of a bar chart, with the grid behind it."""
    left, right = sorted((scale.at(bar.start), scale.at(bar.end)))
    top = (_ROW - _BAR) / 2
    parts = [
        *_grid(scale, _ROW),
        f'<rect class="{bar.kind}" x="{left}%" y="{top}" width="{round(max(right - left, 0.3), 3)}%" '
        f'height="{_BAR}" rx="2"/>',
        _beside(bar, left, right),
    ]
    if bar.until is not None:
        x = scale.at(bar.until)
        parts.append(f'<line class="join" x1="{x}%" x2="{x}%" y1="{top + _BAR}" y2="{_ROW}"/>')
    return _svg(parts, _ROW, bar.text)


def _beside(bar: Bar, left: float, right: float) -> str:
    """The text at the end that the bar points to, and one at its start where there is one."""
    y = _ROW / 2 + 4.5
    grows = bar.end >= bar.start
    at, shift, anchor = (right, 6, "start") if grows else (left, -6, "end")
    text = f'<text x="{at}%" dx="{shift}" y="{y}" text-anchor="{anchor}">{escape(bar.text)}</text>'
    if bar.start_text:
        at, shift, anchor = (left, -6, "end") if grows else (right, 6, "start")
        text += f'<text x="{at}%" dx="{shift}" y="{y}" text-anchor="{anchor}">{escape(bar.start_text)}</text>'
    return text


def range_svg(low: float, middle: float, high: float, point: float, text: str, scale: Scale) -> str:
    """P10 to P90 as a band, P50 as a line and the likely point as a diamond, told apart by shape."""
    left, right, y = scale.at(low), scale.at(high), _ROW / 2
    at = scale.at(point)
    beside, shift, anchor = _room(left, right, scale.at(middle))
    parts = [
        *_grid(scale, _ROW),
        f'<rect class="range" x="{left}%" y="{y - 7}" width="{round(max(right - left, 0.3), 3)}%" '
        'height="14" rx="2"/>',
        f'<line class="middle" x1="{scale.at(middle)}%" x2="{scale.at(middle)}%" y1="{y - 9}" y2="{y + 9}"/>',
        f'<svg x="{at}%" y="{y}" overflow="visible"><path class="point" d="M0 -6 L6 0 L0 6 L-6 0 Z"/></svg>',
        f'<text x="{beside}%" dx="{shift}" y="{y + 4.5}" text-anchor="{anchor}">{escape(text)}</text>',
    ]
    return _svg(parts, _ROW, text)


def _room(left: float, right: float, middle: float) -> tuple[float, int, str]:
    """Where the text of a band is not cut: right of it, else left of it, else in it, away from its middle."""
    if right <= _NO_ROOM:
        return right, 8, "start"
    if left > 100 - _NO_ROOM:
        return left, -8, "end"
    return (right, -8, "end") if middle < (left + right) / 2 else (left, 8, "start")


def tornado_svg(low: float, high: float, base: float, low_text: str, high_text: str, scale: Scale) -> str:
    """The result with an input at its P10 and P90 around the base, the input's values beside the ends."""
    y, top = _ROW / 2 + 4.5, (_ROW - _BAR) / 2
    parts, x = _grid(scale, _ROW), scale.at(base)
    for amount in (low, high):
        left, right = sorted((x, scale.at(amount)))
        kind = "gain" if amount >= base else "loss"
        parts.append(
            f'<rect class="{kind}" x="{left}%" y="{top}" width="{round(right - left, 3)}%" height="{_BAR}"/>'
        )
    # One text on each side of all that is drawn, so that two ends on one side of the base do not collide.
    (worse, worse_text), (better, better_text) = sorted([(low, low_text), (high, high_text)])
    for at, shift, anchor, text in (
        (min(scale.at(worse), x), -6, "end", worse_text),
        (max(scale.at(better), x), 6, "start", better_text),
    ):
        parts.append(
            f'<text class="quiet" x="{at}%" dx="{shift}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'
        )
    parts.append(f'<line class="base" x1="{x}%" x2="{x}%" y1="0" y2="{_ROW}"/>')
    return _svg(parts, _ROW, f"{low_text} to {high_text}")


def axis_svg(scale: Scale, labels: Sequence[str]) -> str:
    """The amounts below a chart; ``labels`` are those of `Scale.ticks`."""
    parts = []
    for tick, label in zip(scale.ticks(), labels, strict=True):
        x = scale.at(tick)
        anchor = "start" if x < _EDGE else "end" if x > 100 - _EDGE else "middle"
        # An outline keeps a label off the grid; at the edge it would be cut without a little room.
        shift = {"start": 2, "end": -2}.get(anchor, 0)
        parts.append(
            f'<text class="quiet" x="{x}%" dx="{shift}" y="16" text-anchor="{anchor}">{escape(label)}</text>'
        )
    return _svg(parts, _AXIS, "")


def _grid(scale: Scale, height: float) -> list[str]:
    return [
        f'<line class="{"zero" if tick == 0 else "grid"}" x1="{x}%" x2="{x}%" y1="0" y2="{height}"/>'
        for tick in scale.ticks()
        for x in [scale.at(tick)]
    ]


def _svg(parts: Iterable[str], height: float, label: str) -> str:
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg width="100%" height="{height:g}" {role}>{"".join(parts)}</svg>'


def waterfall(steps: Sequence[tuple[float, str]], total_text: str) -> Iterator[tuple[Bar, Scale]]:
    """The bars of amounts that add up, each beginning where the one before ended, and their sum."""
    reached, ends = 0.0, [0.0]
    for amount, _ in steps:
        reached += amount
        ends.append(reached)
    scale = Scale.over(ends)
    for (amount, text), start in zip(steps, ends, strict=False):
        yield Bar(start, start + amount, text, "gain" if amount >= 0 else "loss", until=start + amount), scale
    yield Bar(0.0, reached, total_text, "net"), scale
