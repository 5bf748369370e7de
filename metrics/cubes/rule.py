"""Which figures are cells of larger ones, equal to the bit, and so need not be worked out again.

A metric's query counts a row on one day and in one scope, and every statistic looks at the rows of its own
cell and nothing else. From that follow the only two rules by which figures are taken from larger ones:

- A period that a cube has with the same days has the same rows there, whatever else the cube spans.
- Rows narrowed to one scope are the rows of that scope: the organisation narrowed to one team is that team,
  and its actions are those of the cube that tells teams and actions apart. A service all of whose rows a
  filter lets through (`metrics.cubes.homes`) has the rows that it has without the filter.

Tests compare both with what is computed, for every metric, grouping, window and filter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from metrics.periods import period_starts
from metrics.scope import By, Filter, Grouping, Period, Question

_GROUPINGS: Mapping[str, By] = {"services": "service", "teams": "team", "actions": "action"}
EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Span:
    """The days ``[first, end)`` of a period of a question, and the day that the period is called by."""

    label: date
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of days told apart by period."""

    start: date
    end: date
    period: Period

    @property
    def question(self) -> Question:
        return Question(self.start, self.end, period=self.period)


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures lie: in the cube of a grouping and a filter, all of it or some scopes.

    ``only`` is the scope whose rows become those of the organisation, ``team`` that whose actions are meant.
    """

    by: Grouping
    where: Filter = EVERYTHING
    scopes: tuple[str, ...] | None = None
    only: str | None = None
    team: str | None = None


@lru_cache(maxsize=1024)
def spans_of(start: date, end: date, period: Period, quarter_start_month: int) -> tuple[Span, ...]:
    """The periods of a window in order, the first and the last perhaps cut short by it."""
    labels = period_starts(Question(start, end, period=period), quarter_start_month)
    return tuple(
        Span(label, max(label, start), following)
        for label, following in zip(labels, [*labels[1:], end], strict=True)
    )


@lru_cache(maxsize=4096)
def places_in(cut: Cut, question: Question, quarter_start_month: int) -> tuple[int, int] | None:
    """From which to which period of a cut those of a question are, half-open; ``None`` if one is not."""
    asked = spans_of(question.start, question.end, question.period, quarter_start_month)
    places = _places(cut, quarter_start_month)
    found = [places.get(span) for span in asked]
    if found[0] is None or None in found:
        return None
    return found[0], found[0] + len(found)


@lru_cache(maxsize=256)
def _places(cut: Cut, quarter_start_month: int) -> Mapping[Span, int]:
    spans = spans_of(cut.start, cut.end, cut.period, quarter_start_month)
    return {span: place for place, span in enumerate(spans)}


def source_of(question: Question) -> Source:
    """Where the figures of a question lie, if they are kept."""
    given = {name: values for name, values in question.where.parameters.items() if values is not None}
    if len(given) != 1:
        return Source(question.by, question.where)
    ((name, values),) = given.items()
    grouping = _GROUPINGS.get(name)
    if grouping == question.by:
        return Source(grouping, scopes=tuple(values))
    if grouping is not None and question.by == "organisation" and len(values) == 1:
        return Source(grouping, only=values[0])
    if name == "teams" and question.by == "action" and len(values) == 1:
        return Source("team and action", team=values[0])
    return Source(question.by, question.where)
