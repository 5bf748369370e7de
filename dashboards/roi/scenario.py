"""What if: sliders that compute the quarter again and leave the ledger alone."""

import pandas as pd
import streamlit as st

from dashboards.page.components import colours, download, panel
from dashboards.page.data import Facts
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.report.rows import range_rows
from dashboards.roi.drawn import draw
from dashboards.roi.frames import headline_frame
from dashboards.roi.money import money_of
from dashboards.words.values import amount_text, percent_text
from dashboards.words.wording import only_figure
from metrics.errors import MetricError
from metrics.roi.parameters import PARAMETERS
from metrics.roi.result import WIDEST, Headline
from metrics.roi.scenario import Scenario

SLIDERS = ("realisation", "attribution", "substitution_share")
_SYMBOLS = {"realisation": "κ", "attribution": "α", "substitution_share": "σ"}
_SHARE = "self_service"


def scenario_panel(facts: Facts, money: Money) -> None:
    """The sliders, and the net of the widest headline with and without them."""
    with panel(
        "What if adoption or an assumption were another?",
        f"{text.quarter_name(money)} computed again with what you set; a figure that is set is taken as "
        "certain, for every line and team. The ledger stays as it is, and the link keeps the settings.",
    ):
        with st.grid(4, min_column_width=215, gap="medium"):
            scenario = _chosen(facts, money)
        if scenario is None:
            st.caption("Every slider stands where the quarter is. Move one to see what would follow.")
            _compare(facts, money, None)
            return
        try:
            _compare(facts, money, money_of(facts, money.quarter, scenario))
        except MetricError as error:
            st.error(str(error))


def _chosen(facts: Facts, money: Money) -> Scenario | None:
    share = _self_service_share(facts, money)
    figures = tuple(
        (key, value)
        for key in SLIDERS
        if (value := _slider(key, _title(key), PARAMETERS[key].help, _held(money, key))) is not None
    )
    return None if share is None and not figures else Scenario(share, figures)


def _title(key: str) -> str:
    return f"{PARAMETERS[key].title} {_SYMBOLS[key]}"


def _held(money: Money, key: str) -> float | None:
    """The likely value that the quarter was computed with."""
    return next((f.distribution.likely for f in money.result.figures if f.label == key), None)


def _self_service_share(facts: Facts, money: Money) -> float | None:
    quarter = money.quarter
    now = only_figure("self_service_share", facts.figures("self_service_share", quarter.start, quarter.end))
    return _slider(
        _SHARE,
        "Self-service share, at least",
        "Share of all requests that go by self-service, in every team and action; a team beyond it stays "
        "where it is, and costs stay what they were.",
        now.value if now.is_ok else None,
        "now",
    )


def _slider(key: str, title: str, help_: str, held: float | None, word: str = "likely") -> float | None:
    """The share that the reader set; ``None`` where the slider stands where the quarter is.

    ``word`` says what the quarter's own share is: the likely value of a range, or what was measured.
    """
    if held is None:
        st.caption(f"{title}: nothing in this quarter rests on it.")
        return None
    start = round(100 * held)
    value = st.slider(
        f"{title} ({word} {start} %)",
        0,
        100,
        start,
        1,
        format="%d %%",
        key=key,
        bind="query-params",
        help=help_,
    )
    return None if value == start else value / 100


def _compare(facts: Facts, money: Money, other: Money | None) -> None:
    if money.is_refused(WIDEST):
        st.caption("The trust gate refuses a line of the net, so there is nothing to compare.")
        return
    base = money.result.headline(WIDEST)
    named: list[tuple[str | tuple[str, str], Headline]] = [(("As it is", _chance(base)), base)]
    if other is not None:
        changed = other.result.headline(WIDEST)
        named.append((("Scenario", _chance(changed)), changed))
        st.markdown(f"**{_sentence(money, base, changed)}**")
    drawn = range_rows(named)
    if drawn is not None:
        draw(drawn, colours(), alt="Net of the widest headline, as it is and in the scenario")
        cases = [("as it is", money)] if other is None else [("as it is", money), ("scenario", other)]
        frame = pd.concat([headline_frame(each).assign(case=case) for case, each in cases])
        download(frame, facts, "scenario", money.quarter.name)


def _chance(headline: Headline) -> str:
    return f"P(net > 0) {percent_text(headline.p_net_positive, 0)}; {text.roi_text(headline)}"


def _sentence(money: Money, base: Headline, changed: Headline) -> str:
    difference = changed.net.point - base.net.point
    size = amount_text(abs(difference), money.result.currency)
    how = "more" if difference >= 0 else "less"
    return f"The likely net would be {size} {how}: {amount_text(changed.net.point, money.result.currency)}."
