"""The answer that leadership asks for first: did the platform pay off in the quarter, and how sure."""

import streamlit as st

from dashboards.page.components import colours, download
from dashboards.page.data import Facts
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.report.rows import ranges_chart
from dashboards.roi.drawn import draw
from dashboards.roi.frames import headline_frame
from dashboards.words.values import count
from metrics.roi.result import WIDEST


def verdict_panel(facts: Facts, money: Money, *, is_drawn: bool = False) -> None:
    """The verdict as a title, its range and chance, and of what it speaks; drawn where no chart follows."""
    with st.container(border=True, height="stretch", key="verdict"):
        first, rest = text.verdict_parts(money)
        st.markdown(f"## {_icon(money)} {first}", anchors=False)
        sentence = f"{rest[:1].upper()}{rest[1:]}."
        st.markdown(" ".join(part for part in (sentence, text.missing_sentence(money)) if part))
        if is_drawn and (ranges := ranges_chart(money)) is not None:
            draw(ranges, colours(), alt=text.ranges_title(money))
            download(headline_frame(money), facts, "headlines", money.quarter.name)
        which = "the last whole quarter of the period" if money.is_over else "not over yet"
        st.caption(
            f"{text.quarter_name(money)}, {which}, the whole organisation; "
            f"bands P10 to P90. Model {money.result.model_version}, {count(money.result.n_draws)} draws, "
            f"seed {money.result.seed}."
        )


def _icon(money: Money) -> str:
    """A thumb only where the whole range is on one side of zero, and what is missing could not turn it."""
    if money.is_refused(WIDEST):
        return ":gray[:material/block:]"
    if text.could_turn(money):
        return ":gray[:material/help:]"
    spread = money.result.headline(WIDEST).net.spread
    if spread.p10 > 0:
        return ":green[:material/thumb_up:]"
    return ":red[:material/thumb_down:]" if spread.p90 < 0 else ":gray[:material/thumbs_up_down:]"
