"""Charts of the static report: everything lies inside, and bars that add up end where they should."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.report.charts import Bar, Scale, bar_svg, range_svg, tornado_svg, waterfall
from dashboards.words.values import short_text

AMOUNTS = st.floats(-1e9, 1e9, allow_nan=False)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_every_place_lies_inside_and_zero_is_a_tick(amounts: list[float]) -> None:
    scale = Scale.over(amounts)
    assert all(0 <= scale.at(amount) <= 100 for amount in [0.0, *amounts])
    ticks = scale.ticks()
    assert 0 in ticks
    assert 2 <= len(ticks) <= 7
    assert all(-1e-6 <= scale.at(tick) <= 100 + 1e-6 for tick in ticks)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_a_waterfall_ends_at_the_sum(amounts: list[float]) -> None:
    *bars, total = [bar for bar, _ in waterfall([(amount, "") for amount in amounts], "")]
    assert total.end == pytest.approx(sum(amounts), abs=1e-3)
    assert bars[-1].end == total.end
    assert all(before.end == after.start for before, after in pairwise(bars))


def test_a_text_cannot_become_markup() -> None:
    scale = Scale.over([1.0, -1.0])
    svg = range_svg(-1, 0, 1, 0, "<script>", scale) + tornado_svg(-1, 1, 0, "a&b", '"', scale)
    assert "<script>" not in svg
    assert "a&amp;b" in svg


def test_two_ends_on_one_side_of_the_base_keep_their_texts_apart() -> None:
    svg = tornado_svg(10, 60, 0, "few", "many", Scale.over([100.0, -100.0]))
    # The scale reaches from -148 to 148, so the base is in the middle and 60 at 50 + 60/296 = 70.27 %.
    assert 'x="50.0%" dx="-6" y="21.5" text-anchor="end">few<' in svg
    assert 'x="70.27%" dx="6" y="21.5" text-anchor="start">many<' in svg


def test_a_gain_and_a_loss_differ_in_more_than_colour() -> None:
    scale = Scale.over([100.0, -100.0])
    gain, loss = (Bar(0.0, amount, short_text(amount), "gain") for amount in (100.0, -100.0))
    assert 'text-anchor="start">100<' in bar_svg(gain, scale)
    assert 'text-anchor="end">−100<' in bar_svg(loss, scale)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0"),
        (-0.4, "0"),
        (71_800, "71.8k"),
        (-1_020_000, "−1.02M"),
        (999_600, "1M"),
        (999, "999"),
        (-4_750, "−4.75k"),
        (250_000, "250k"),
    ],
)
def test_amounts_are_short_and_keep_their_sign(amount: float, text: str) -> None:
    assert short_text(amount) == text
    assert not re.search(r"\.0+[kM]?$", short_text(amount))


def test_the_text_of_a_range_stands_where_it_has_room() -> None:
    scale = Scale.over([-500.0, 300.0])
    # The band that ends at the right edge has its text on the left, the one in the middle on the right.
    assert 'text-anchor="end">P50' in range_svg(-200, 0, 300, 0, "P50 0", scale)
    assert 'text-anchor="start">P50' in range_svg(-500, -450, -400, -450, "P50 0", scale)
    # One from edge to edge has it inside, at the end that is further from its middle.
    assert 'dx="-8" y="21.5" text-anchor="end">P50' in range_svg(-500, -400, 300, -400, "P50 0", scale)
    assert 'dx="8" y="21.5" text-anchor="start">P50' in range_svg(-500, 200, 300, 200, "P50 0", scale)
