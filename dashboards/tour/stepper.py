"""The tour on the page: the step that the page is of above it, until the visitor ends it.

It begins by itself on the first visit of a browser session to the overview of a demo world. A cookie of the
session remembers that it was ended; it holds nothing else. The sidebar begins it again. Steps are links, so
the visitor may leave the way and come back to it.
"""

import streamlit as st

from dashboards.page.data import Facts
from dashboards.page.filters import View, chosen
from dashboards.tour.story import STEPS

_LAST, _KNOWN, _ENDED = "tour-step", "tour-known", "tour-ended"
COOKIE = "payoff_tour"
_REMEMBER = f'<script>document.cookie = "{COOKIE}=ended; path=/; SameSite=Strict";</script>'
_PLACES = {step.page: place for place, step in enumerate(STEPS)}


def tour(facts: Facts, page: str) -> None:
    """The step of the page with this name, while the visitor is on the tour; nothing in a real world."""
    if not facts.is_demo:
        return
    with st.sidebar:
        st.button(
            "Guided tour",
            icon=":material/tour:",
            type="tertiary",
            on_click=_begin,
            help="The story of this demo world in a few steps.",
        )
    if _is_first_visit() and page == STEPS[0].page:
        _begin()
    if st.session_state.pop(_ENDED, False):
        st.html(_REMEMBER, unsafe_allow_javascript=True)
    if _LAST in st.session_state:
        place = _PLACES.get(page, int(st.session_state[_LAST]))
        st.session_state[_LAST] = place
        _show(facts, chosen(), place, is_here=page in _PLACES)


def _is_first_visit() -> bool:
    is_new = _KNOWN not in st.session_state
    st.session_state[_KNOWN] = True
    return is_new and COOKIE not in dict(st.context.cookies)


def _show(facts: Facts, view: View, place: int, *, is_here: bool) -> None:
    step = STEPS[place]
    with st.container(border=True, key="tour"):
        st.markdown(f":material/tour: **{step.title}**  :gray[:small[step {place + 1} of {len(STEPS)}]]")
        st.markdown(" ".join(step.tell(facts, view)))
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            if not is_here:
                _link(place, "To the page of this step", ":material/undo:", facts, view)
            if place:
                _link(place - 1, "Back", ":material/arrow_back:", facts, view)
            if place + 1 < len(STEPS):
                _link(place + 1, f"Next: {STEPS[place + 1].title}", ":material/arrow_forward:", facts, view)
            label = "End the tour" if place + 1 == len(STEPS) else "Skip the tour"
            st.button(label, key="tour-end", type="tertiary", on_click=_end)


def _link(place: int, label: str, icon: str, facts: Facts, view: View) -> None:
    step = STEPS[place]
    st.page_link(f"views/{step.page}.py", label=label, icon=icon, query_params=dict(step.query(facts, view)))


def _begin() -> None:
    st.session_state[_LAST] = 0


def _end() -> None:
    st.session_state.pop(_LAST, None)
    st.session_state[_ENDED] = True
