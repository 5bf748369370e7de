"""The answer of the money page: three nested headlines, the waterfall, what it hangs on, and payback."""

import streamlit as st

from dashboards.page.components import chart, colours, download, large, panel
from dashboards.page.data import Facts
from dashboards.page.layout import side_by_side
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.report.rows import ranges_chart, tornado_chart, waterfall_chart
from dashboards.roi.drawn import draw
from dashboards.roi.frames import flow_frame, headline_frame, tornado_frame, total_frame
from dashboards.roi.value_chart import cumulative, cumulative_title
from dashboards.words.values import (
    NOTHING,
    amount_text,
    count,
    in_currency,
    percent_text,
    short_text,
    with_days,
)
from metrics.roi.figures import SAMPLING
from metrics.roi.result import Amount, Headline

_COUNTED = {
    "cash": "Unit costs and retired tools, less all costs.",
    "cash_and_capacity": "The same with freed hours, realised in part.",
    "cash_capacity_and_risk": "The same with avoided downtime: the widest.",
}


def headline_cards(money: Money) -> None:
    """Cash, cash and capacity, cash and capacity and risk, and what is strategic beside them."""
    with st.grid(4, min_column_width=230, gap="small"):
        for headline in money.result.headlines:
            _headline_card(money, headline)
        _strategic_card(money)


def _headline_card(money: Money, headline: Headline) -> None:
    with st.container(border=True, height="stretch", key=f"money-{headline.basis}", gap="xsmall"):
        st.markdown(f"**Net, {text.BASIS_NAMES[headline.basis].lower()}**")
        if money.is_refused(headline.basis):
            large("refused")
            st.caption("The trust gate refuses a line of it; see the stamps above.")
            return
        large(_range(money, headline.net))
        st.caption("P10 to P90 of the quarter")
        finance = headline.finance
        st.caption(
            "  \n".join(
                (
                    f"Likely {amount_text(headline.net.point, money.result.currency)}, "
                    f"P50 {short_text(headline.net.spread.p50)}",
                    f"P(net > 0) = {percent_text(headline.p_net_positive, 0)}",
                    f"{text.roi_text(headline)}",
                    f"{text.payback_text(headline)[:1].upper()}{text.payback_text(headline)[1:]}",
                    f"Net present value {short_text(finance.net_present_value)}",
                )
            )
        )
        st.caption(_COUNTED[headline.basis])


def _strategic_card(money: Money) -> None:
    with st.container(border=True, height="stretch", key="money-strategic", gap="xsmall"):
        st.markdown("**Strategic, beside them**")
        amount = money.result.strategic
        if amount is None:
            large("not known")
            reason = next((m.reason for m in money.result.missing if m.kind.class_ == "strategic"), "")
            st.caption(with_days(reason[:1].upper() + reason[1:]))
            return
        large(_range(money, amount))
        st.caption("Cost of delay of initiatives, P10 to P90. In no headline: it is neither spent nor saved.")


def _range(money: Money, amount: Amount) -> str:
    ends = f"{short_text(amount.spread.p10)} to {short_text(amount.spread.p90)}"
    return in_currency(ends, money.result.currency)


def answer_panels(facts: Facts, money: Money) -> None:
    """Where the net comes from, how sure it is, what it hangs on, and when it is paid back."""
    with side_by_side():
        _waterfall_panel(facts, money)
        _ranges_panel(facts, money)
        _tornado_panel(facts, money)
        _cumulative_panel(facts, money)


def _waterfall_panel(facts: Facts, money: Money) -> None:
    drawn = waterfall_chart(money)
    title = text.waterfall_title(money)
    with panel(
        title,
        f"{money.result.currency} in {text.quarter_name(money)}, likely values, of the widest headline.",
    ):
        if drawn is None:
            st.caption("A line of it is refused by the trust gate, so the parts are not drawn as a sum.")
            return
        draw(drawn, colours(), alt=title)
        st.caption(
            "Green adds, red takes away, blue is what is left. A line chosen under *Line by line* opens its "
            "rows."
        )
        download(total_frame(money), facts, "money", money.quarter.name)


def _ranges_panel(facts: Facts, money: Money) -> None:
    drawn = ranges_chart(money)
    with panel(
        text.ranges_title(money),
        f"Net in {money.result.currency}: band P10 to P90 of {count(money.result.n_draws)} draws, line P50, "
        "diamond the likely point.",
    ):
        if drawn is None:
            st.caption("The trust gate refuses a line of every headline.")
            return
        draw(drawn, colours(), alt=text.ranges_title(money))
        st.caption("The likely point is not P50 where figures are skewed. Percentiles do not add up.")
        _break_evens(money)
        download(headline_frame(money), facts, "headlines", money.quarter.name)


def _break_evens(money: Money) -> None:
    st.markdown("**What would have to be true for the net to be zero**")
    lines = break_even_lines(money)
    if not lines:
        st.caption("No figure of the net is uncertain.")
        return
    st.markdown("\n".join(f"- {line}" for line in lines))
    st.caption("One figure at a time, all others at their P50, for the three that move the net most.")


def break_even_lines(money: Money) -> list[str]:
    """What the figures that matter most would have to be, beside what they are taken to be."""
    now = {bar.name: bar.p50 for bar in money.result.tornado}
    lines = []
    for each in money.result.break_evens:
        name, answer, unit = text.figure_name(each.name), each.value, text.unit_of(money, each.name)
        held = text.with_unit(now[each.name], unit) if each.name in now else NOTHING
        lines.append(
            f"{name}, with {held} as its P50: {answer.reason}"
            if answer.value is None
            else f"{name}: **{text.with_unit(answer.value, unit)}**, with {held} as its P50"
        )
    return lines


def _tornado_panel(facts: Facts, money: Money) -> None:
    drawn = tornado_chart(money)
    if drawn is None:
        with panel(
            "No figure moves the net", "Nothing that the net rests on is uncertain, or it is refused."
        ):
            return
    title = text.tornado_title(money)
    chance = any(bar.name.startswith(SAMPLING) for bar in money.result.tornado)
    with panel(
        title,
        f"Net of the widest headline in {money.result.currency} with one figure at its P10 and P90 (written "
        f"beside the bar), all others at their P50; bars begin where each is at its P50, at {drawn.base}.",
    ):
        draw(drawn, colours(), alt=title)
        if chance:
            st.caption("Chance: by luck alone there could have been more or fewer tickets and failures.")
        download(tornado_frame(money), facts, "tornado", money.quarter.name)


def _cumulative_panel(facts: Facts, money: Money) -> None:
    frame = flow_frame(money)
    title = cumulative_title(money)
    with panel(
        title,
        f"Net so far in {money.result.currency}, undiscounted, since the platform first cost anything; "
        "hollow: quarters ahead, each like the last.",
    ):
        chart(cumulative(frame, money, colours()), alt=title, key=f"cumulative-{money.quarter.name}")
        lacking = max((flow.n_missing for h in money.result.headlines for flow in h.finance.flows), default=0)
        if lacking:
            st.caption(f"Up to {lacking} lines of a quarter could not be computed and are not in it.")
        download(frame, facts, "cumulative", money.quarter.name)
