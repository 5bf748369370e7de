"""Small charts of a card, without axes: pictures that the browser draws by itself, as wide as the card."""

import math
from base64 import b64encode
from collections.abc import Iterator, Sequence

# Any unit: the picture is stretched over its place, and its lines keep their width in pixels.
_WIDTH, _HEIGHT, _EDGE = 100.0, 40.0, 3.0


def spark_line(values: Sequence[float], colour: str) -> str:
    """The address of a picture of a course from its least to its greatest value; NaN is a gap."""
    known = [value for value in values if not math.isnan(value)]
    low, high = min(known), max(known)
    step = _WIDTH / max(len(values) - 1, 1)
    points = [None if math.isnan(v) else (i * step, _height(v, low, high)) for i, v in enumerate(values)]
    return _picture("".join(_strokes(points)), colour, 2)


def spark_bars(values: Sequence[float], colour: str) -> str:
    """The address of a picture of a bar from zero for each value; NaN has none."""
    known = [0.0, *(value for value in values if not math.isnan(value))]
    low, high = min(known), max(known)
    step, zero = _WIDTH / len(values), _height(0.0, low, high)
    tops = [((i + 0.5) * step, _height(v, low, high)) for i, v in enumerate(values) if not math.isnan(v)]
    return _picture("".join(f"M{x:.2f} {zero:.2f}V{top:.2f}" for x, top in tops), colour, 4)


def _height(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (high - value) / (high - low)
    return _EDGE + share * (_HEIGHT - 2 * _EDGE)


def _strokes(points: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    """A line ends where nothing is known, and another begins after it."""
    is_begun = False
    for point in points:
        if point is not None:
            yield f"{'L' if is_begun else 'M'}{point[0]:.2f} {point[1]:.2f}"
        is_begun = point is not None


def _picture(path: str, colour: str, width: int) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" '
        f'preserveAspectRatio="none"><path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
