"""What the steps of the tour say: sentences made from the figures of the world that is shown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dashboards.adoption.leakage_panel import leakage_title
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.questions.linkage import linkage
from dashboards.questions.quarter import Money, quarter_shown
from dashboards.report.text import ranges_title, verdict_sentence, waterfall_title
from dashboards.roi.money import money_of
from dashboards.trust.linkage import linkage_finding
from dashboards.words.values import counted, day_text
from dashboards.words.wording import finding, only_figure
from metrics.catalog import metric_named
from metrics.errors import MetricError

Query = Mapping[str, str]


def _nothing(facts: Facts, view: View) -> Query:
    return {}


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its title, the page that it speaks of, its sentences, and the filters that it sets."""

    title: str
    page: str
    tell: Callable[[Facts, View], Iterator[str]]
    query: Callable[[Facts, View], Query] = field(default=_nothing)


def _payoff(facts: Facts, view: View) -> Iterator[str]:
    name = str(facts.settings.get("organisation", "The organisation"))
    n_teams = counted(len(view.team_names), "team", "teams")
    n_services = counted(len(view.service_names), "service", "services")
    yield (
        f"{name} is invented: {n_teams} with {n_services}, whose platform "
        f"team offers a golden path and self-service. Its story ends on {day_text(facts.today)}."
    )
    money = _money(facts, view)
    if money is not None:
        yield verdict_sentence(money)
    yield "A range and a chance stand beside every amount, for nobody knows the last digit."


def _sources_of_money(facts: Facts, view: View) -> Iterator[str]:
    money = _money(facts, view)
    if money is None:
        yield "Nothing can be said of the money yet; the page lists what is missing."
        return
    yield f"{waterfall_title(money)}. {ranges_title(money)}."
    yield "Choose a line to see the rows behind it. The sliders answer what if, and store nothing."


def _delivery(facts: Facts, view: View) -> Iterator[str]:
    yield f"{_finding(facts, view, 'change_lead_time')}. {_finding(facts, view, 'change_fail_rate')}."
    yield "A change is named only where the two intervals are apart. Teams stand beside their own past alone."


def _adoption(facts: Facts, view: View) -> Iterator[str]:
    yield f"{_finding(facts, view, 'team_adoption_rate')}. {_finding(facts, view, 'self_service_share')}."
    yield "What a mandate obliges to is shown apart from what teams chose."


def _one_team(facts: Facts, view: View) -> Iterator[str]:
    team = _leaking_team(facts, view)
    if team is None:
        yield "No ticket asks for what self-service offers."
        return
    leaks = facts.leakage(view.window.start, view.window.end, where=view.where)
    own = leakage_title(leaks[leaks["team_id"] == team])
    yield f"{view.team_names[team]}, the first in alphabetical order: {own}."
    yield "Each leak opens its tickets, and the link of a team's page can be shared with it."


def _team_link(facts: Facts, view: View) -> Query:
    team = _leaking_team(facts, view)
    return {} if team is None else {"team": view.team_names[team]}


def _leaking_team(facts: Facts, view: View) -> str | None:
    """The first by the alphabet: nobody is ranked, not even here."""
    leaks = facts.leakage(view.window.start, view.window.end, where=view.where)
    found = [team for team in leaks["team_id"].unique() if team in view.team_names]
    return min(found, key=lambda team: view.team_names[team].lower(), default=None)


def _trust(facts: Facts, view: View) -> Iterator[str]:
    yield f"{linkage_finding(linkage(facts, view))}. What could not be tied is listed, never guessed."
    yield (
        "At the end of this page a figure is audited step by step. "
        "Name your own sources in config.yaml, and the same pages speak of you."
    )


STEPS = (
    Step("Does the platform pay off?", "overview", _payoff),
    Step("Where the money comes from", "roi", _sources_of_money),
    Step(
        "Is delivery getting better?",
        "delivery",
        _delivery,
        lambda facts, view: {"key": metric_named("change_lead_time").title},
    ),
    Step("Who uses it?", "adoption", _adoption),
    Step("What still comes by ticket", "team", _one_team, _team_link),
    Step(
        "Can the figures be trusted?",
        "data_health",
        _trust,
        lambda facts, view: {"audit": metric_named("change_lead_time").title},
    ),
)
"""From the answer to the question to what it rests on."""


def _finding(facts: Facts, view: View, name: str) -> str:
    window, where = view.window, view.where_for(metric_named(name))
    now = only_figure(name, facts.figures(name, window.start, window.end, where=where))
    before = only_figure(name, facts.figures(name, window.previous_start, window.previous_end, where=where))
    return finding(now, before, window.previous_label)


def _money(facts: Facts, view: View) -> Money | None:
    """The money of the quarter; ``None`` where nothing is known of it."""
    try:
        money = money_of(facts, quarter_shown(facts, view.window))
    except MetricError:
        return None
    return money if money.is_known else None
