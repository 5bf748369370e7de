"""One metric with all that is written of it, and the search over them."""

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboards.page.components import panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.layout import side_by_side
from dashboards.words.values import count
from dashboards.words.vocabulary import MEASURES
from dashboards.words.wording import interval_words, only_figure, shown
from metrics.catalog import CATALOG, Metric


def found_metrics(words: str) -> list[Metric]:
    """The metrics that have every one of the words, those that have them in their name first."""
    wanted = words.lower().split()
    scored = [(_place(metric, wanted), metric) for metric in CATALOG.values()]
    return [metric for place, metric in sorted(scored, key=lambda pair: pair[0]) if place < _NOWHERE]


_NOWHERE = 3


def _place(metric: Metric, wanted: list[str]) -> int:
    """Where the words stand: 0 in the names, 1 in the definition, 2 in the query."""
    names = " ".join((metric.name, metric.title, *metric.also_called))
    meaning = " ".join((names, metric.definition, *metric.caveats, *metric.needs, metric.unit))
    for place, text in enumerate((names, meaning, f"{meaning} {metric.sql}")):
        if all(word in text.lower() for word in wanted):
            return place
    return _NOWHERE


def metric_panel(facts: Facts, view: View, metric: Metric) -> None:
    """Definition, facts, caveats, parameters, history, query, and what it says now."""
    with panel(metric.title, f"{metric.name}, version {metric.version}, kept by {metric.owner}"):
        st.markdown(metric.definition)
        st.markdown(_now(facts, view, metric))
        halves = side_by_side()
        with halves.cell():
            st.table(dict(_facts_of(metric)), border="horizontal")
        with halves.cell():
            _lines("Caveats", metric.caveats)
            _lines("Parameters", tuple(_parameters(metric)))
            _lines("History of its meaning", history_of(metric))
        st.markdown(f"Source: [{metric.source}]({metric.source})")
        st.markdown("**Query.** Up to `-- figures` it names the rows; behind it, it counts them.")
        st.code(metric.sql, language="sql", wrap_lines=True)
        st.caption("A link to this metric:")
        st.code(link_to(metric, st.context.url or ""), language=None, wrap_lines=True)


def _now(facts: Facts, view: View, metric: Metric) -> str:
    figures = facts.figures(metric.name, view.window.start, view.window.end, where=view.where)
    figure = only_figure(metric.name, figures)
    scope = f"{view.scope}, {view.window.label}"
    if not figure.is_ok:
        return f"For {scope}: **{shown(figure)}**, n = {count(figure.n)}."
    return f"For {scope}: **{shown(figure)}** ({interval_words(figure)}, n = {count(figure.n)})."


def _facts_of(metric: Metric) -> Iterator[tuple[str, str]]:
    p90 = f"; {metric.minimum_n_p90} for its 90th percentile" if metric.minimum_n_p90 else ""
    measure = MEASURES.get(metric.statistic, metric.statistic.replace("_", " "))
    yield "Unit", metric.unit
    yield "Measure", measure
    yield "Better", metric.better
    yield "By", ", ".join(metric.by)
    yield "Needs", ", ".join(need.replace("_", " ") for need in metric.needs)
    yield "Minimum n", f"{metric.minimum_n}{p90}"
    yield "Grain", ", ".join(metric.grain)
    if metric.also_called:
        yield "Also called", ", ".join(metric.also_called)


def _parameters(metric: Metric) -> Iterator[str]:
    for name, one in metric.parameters.items():
        choices = ", ".join(str(choice) for choice in one.choices)
        yield f"`{name}`: {choices} (default: {one.default})"


def history_of(metric: Metric) -> tuple[str, ...]:
    """What every version changed, the first one included."""
    later = (f"Version {number}: {text}" for number, text in enumerate(metric.history, start=2))
    return "Version 1: as first published", *later


def _lines(title: str, lines: tuple[str, ...]) -> None:
    if lines:
        st.markdown(f"**{title}**\n\n" + "\n".join(f"- {line}" for line in lines))


def link_to(metric: Metric, page: str) -> str:
    """The address of the page with this metric open.

    Examples
    --------
    >>> link_to(CATALOG["change_fail_rate"], "https://payoff.example/catalogue?find=fail")
    'https://payoff.example/catalogue?metric=change_fail_rate'
    """
    scheme, host, path, _, _ = urlsplit(page)
    return urlunsplit((scheme, host, path, urlencode({"metric": metric.name}), ""))
