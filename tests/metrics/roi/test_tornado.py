"""Bars and break-even values of models whose answers can be worked by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from metrics.roi.tornado import Range, break_evens, tornado
from metrics.uncertainty import Floats

RANGES = {
    "share": Range(0.4, 0.5, 0.6, 0.0, 1.0),
    "rate": Range(90.0, 100.0, 120.0),
    "hours": Range(8.0, 8.0, 8.0),
}


def net(cases: Mapping[str, Floats]) -> Floats:
    """share * rate * 8 - 200."""
    share, rate = (np.asarray(cases.get(name, RANGES[name].p50)) for name in ("share", "rate"))
    return np.atleast_1d(share * rate * 8 - 200)


def test_each_figure_moves_alone_and_the_longest_bar_is_first() -> None:
    bars = tornado(net, RANGES)
    # share: 0.4*100*8-200 = 120 to 0.6*100*8-200 = 280. rate: 0.5*90*8-200 = 160 to 0.5*120*8-200 = 280.
    assert [(bar.name, bar.result_at_p10, bar.result_at_p90) for bar in bars] == [
        ("share", pytest.approx(120), pytest.approx(280)),
        ("rate", pytest.approx(160), pytest.approx(280)),
    ]
    assert bars[0].swing == pytest.approx(160)
    # All at their P50: 0.5*100*8-200 = 200, where every bar begins.
    assert [bar.result_at_p50 for bar in bars] == [pytest.approx(200)] * 2


def test_break_even_says_what_would_have_to_be_true() -> None:
    found = {b.name: b.value for b in break_evens(net, RANGES, tornado(net, RANGES))}
    # share * 800 = 200 at 0.25; 0.5 * rate * 8 = 200 at 50.
    assert found["share"].value == pytest.approx(0.25)
    assert found["rate"].value == pytest.approx(50)


def test_a_result_that_no_value_can_turn_has_a_reason_instead() -> None:
    def hopeless(cases: Mapping[str, Floats]) -> Floats:
        return net(cases) - 10_000

    found = {b.name: b.value for b in break_evens(hopeless, RANGES, tornado(hopeless, RANGES))}
    assert found["share"].value is None
    assert found["share"].reason == "the net stays below zero whatever it is"


def test_where_nothing_varies_there_is_no_bar() -> None:
    assert tornado(net, {"hours": RANGES["hours"]}) == ()
    assert break_evens(net, RANGES, ()) == ()


def test_large_bounds_are_written_as_numbers() -> None:
    ranges = {"rate": Range(1e6, 2e6, 4e6)}

    def hopeless(cases: Mapping[str, Floats]) -> Floats:
        return np.atleast_1d(np.asarray(cases.get("rate", ranges["rate"].p50)) - 1e12)

    (found,) = break_evens(hopeless, ranges, tornado(hopeless, ranges))
    assert "e+" not in found.value.reason
    assert ",000,000" in found.value.reason
