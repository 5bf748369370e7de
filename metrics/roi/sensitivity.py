"""The tornado and the break-even values of the widest headline."""

from collections.abc import Mapping

from metrics.roi.assumptions import parameter_of
from metrics.roi.figures import Figure
from metrics.roi.model import QuarterModel, total
from metrics.roi.result import BASES, WIDEST
from metrics.roi.tornado import Bar, BreakEven, Range, break_evens, tornado
from metrics.roi.values import Cases
from metrics.uncertainty import Floats


def sensitivity(
    model: QuarterModel, used: Mapping[str, Figure]
) -> tuple[tuple[Bar, ...], tuple[BreakEven, ...]]:
    """Bars of the figures that the net depends on, and what the three largest would have to be."""
    ranges = {label: _range(figure) for label, figure in sorted(used.items())}
    classes = (*BASES[WIDEST], "cost")

    def net(cases: Mapping[str, Floats]) -> Floats:
        return total(model.terms(Cases(model.figures, cases)), classes)

    bars = tuple(bar for bar in tornado(net, ranges) if bar.swing > 0)
    # Nobody can state what chance does, so it has a bar and no break-even value.
    return bars, break_evens(net, ranges, tuple(bar for bar in bars if not used[bar.name].is_sampling_error))


def _range(figure: Figure) -> Range:
    p10, p50, p90 = (figure.distribution.quantile(p) for p in (0.1, 0.5, 0.9))
    if figure.is_sampling_error:
        return Range(p10, p50, p90, -10.0, 10.0)
    parameter = parameter_of(figure.key)
    return Range(p10, p50, p90, parameter.lower, parameter.upper)
