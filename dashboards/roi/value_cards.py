"""Cards of the money on the overview: net value and return as ranges, against the quarter before."""

import streamlit as st

from dashboards.drawing.spark import spark_bars
from dashboards.page.components import colours, large, small_picture
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.words.values import count, in_currency, percent_text, short_text
from metrics.roi.lines import Spread
from metrics.roi.result import WIDEST, Headline


def value_cards(money: Money, before: Money) -> None:
    """Two cards of the widest headline; what is not known says so in place of the number."""
    for name, title in (("net", "Net value"), ("roi", "Return on investment")):
        with st.container(border=True, height="stretch", key=f"card-{name}", gap="xsmall"):
            st.markdown(f"**{title}**  \n:gray[:small[{text.quarter_name(money)}, P10 to P90]]")
            if not money.is_known or money.is_refused(WIDEST):
                large("refused" if money.is_known else "not known")
                st.caption(
                    "A source behind it is not well." if money.is_known else "No line could be computed."
                )
            elif name == "net":
                _net(money, before)
            else:
                _return(money, before)
            st.space("stretch")
            st.page_link("views/roi.py", label="What it rests on", icon=":material/payments:")


def _net(money: Money, before: Money) -> None:
    headline = money.result.headline(WIDEST)
    spread, currency = headline.net.spread, money.result.currency
    large(in_currency(f"{short_text(spread.p10)} to {short_text(spread.p90)}", currency))
    _badge(spread, _earlier(before))
    _flows(headline)
    st.caption(
        "  \n".join(
            (
                f"{text.quarter_name(before)}: {_earlier_net(before)}",
                f"Likely {short_text(float(headline.net.point))}, P50 {short_text(spread.p50)}",
                f"P(net > 0) = {percent_text(headline.p_net_positive, 0)}",
                f"{count(money.result.n_draws)} draws over {len(money.result.totals)} lines",
            )
        )
    )


def _return(money: Money, before: Money) -> None:
    headline = money.result.headline(WIDEST)
    spread, answer = headline.return_spread, headline.return_on_investment
    if spread is None or answer.value is None:
        large("not known")
        st.caption(answer.reason[:1].upper() + answer.reason[1:])
        return
    large(f"{percent_text(spread.p10, 0)} to {percent_text(spread.p90, 0)}")
    _badge(spread, _earlier_return(before))
    st.caption(
        "  \n".join(
            (
                f"{text.quarter_name(before)}: {_return_words(_earlier_return(before))}",
                f"Likely {percent_text(answer.value, 0)}, P50 {percent_text(spread.p50, 0)}",
                f"Net over a cost of {short_text(float(headline.cost.point))}{_lacking(money)}",
                text.payback_text(headline)[:1].upper() + text.payback_text(headline)[1:],
            )
        )
    )


def _flows(headline: Headline) -> None:
    """The net of each quarter so far; a single one is no course."""
    nets = [float(flow.net) for flow in headline.finance.flows if not flow.is_projected]
    if len(nets) > 1:
        alt = f"Net by quarter, from {short_text(nets[0])} to {short_text(nets[-1])}"
        small_picture(spark_bars(nets, colours().muted), alt)


def _lacking(money: Money) -> str:
    """Costs that are not known make the return too high."""
    n_costs = sum(each.kind.class_ == "cost" for each in money.result.missing)
    return f", without {n_costs} that {'is' if n_costs == 1 else 'are'} not known" if n_costs else ""


def _badge(now: Spread, before: Spread | None) -> None:
    """How it moved: named only where the two ranges are apart."""
    if before is None:
        st.badge("not comparable", color="gray")
    elif now.p10 > before.p90:
        st.badge("rose", icon=":material/arrow_upward:", color="green")
    elif now.p90 < before.p10:
        st.badge("fell", icon=":material/arrow_downward:", color="red")
    else:
        st.badge("no clear change", color="gray")


def _earlier(before: Money) -> Spread | None:
    is_known = before.is_known and not before.is_refused(WIDEST)
    return before.result.headline(WIDEST).net.spread if is_known else None


def _earlier_net(before: Money) -> str:
    spread = _earlier(before)
    return "not known" if spread is None else f"{short_text(spread.p10)} to {short_text(spread.p90)}"


def _earlier_return(before: Money) -> Spread | None:
    return None if _earlier(before) is None else before.result.headline(WIDEST).return_spread


def _return_words(spread: Spread | None) -> str:
    if spread is None:
        return "not known"
    return f"{percent_text(spread.p10, 0)} to {percent_text(spread.p90, 0)}"
