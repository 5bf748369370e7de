"""A figure of the period in a sentence; where a week has too few, over more weeks of the own past."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.digest.content import Line, Mark
from dashboards.digest.period import Period
from dashboards.questions.published import Published
from dashboards.words.values import count
from dashboards.words.wording import (
    Figure,
    direction,
    is_better,
    noun,
    only_figure,
    qualification,
    sentence,
    shown,
)
from metrics.catalog import FIVE_KEYS, metric_named
from metrics.compute import compute
from metrics.scope import Filter

LONGER_WEEKS = (4, 13)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure, the one before it, and over how many weeks each is; ``weeks`` is 0 for a quarter."""

    now: Figure
    before: Figure
    weeks: int
    previous_label: str
    lacking: Figure | None = None

    @property
    def has_moved(self) -> bool:
        return direction(self.now, self.before) in ("rose", "fell")

    @property
    def is_known(self) -> bool:
        return self.now.is_ok and self.before.is_ok

    @property
    def line(self) -> Line:
        """The sentence of pages, led by the span where it is not the week."""
        text = sentence(self.now, self.before, self.previous_label)
        if self.lacking is not None:
            text = f"Over {self.weeks} weeks, for {_too_few(self.lacking)}: {text[:1].lower()}{text[1:]}"
        text += " Stale: newer data is missing." if self.now.is_stale else ""
        title, better = self.now.metric.title, is_better(self.now.metric, direction(self.now, self.before))
        mark: Mark = "" if better is None else "better" if better else "worse"
        if self.has_moved or not self.is_known or self.now.is_stale:
            return Line(_led(text, title), mark)
        name = "" if self.now.metric.name in FIVE_KEYS else title
        return Line(_led(text, title), mark, _led(self._short, title), name)

    @property
    def _short(self) -> str:
        span = f" over {self.weeks} weeks" if self.lacking is not None else ""
        figure = self.now
        return f"{figure.metric.title}{span}: {shown(figure)}, no clear change ({qualification(figure)})."


def _led(text: str, title: str) -> str:
    """The metric's name stands out, wherever it stands."""
    for name in (title, title[:1].lower() + title[1:]):
        if name in text:
            return text.replace(name, f"**{name}**", 1)
    return text


def _too_few(figure: Figure) -> str:
    needed = f"{count(figure.n)} of {figure.metric.minimum_n} {noun(figure.metric, 2)} needed"
    return f"one week has too few ({needed})"


def moved(published: Published, name: str, period: Period, where: Filter) -> Moved:
    """A metric in the period and before it."""
    window = period.window
    now, before = _pair(published, name, window.start, window.end, window.previous_start, where)
    if period.cadence == "quarterly":
        return Moved(now, before, 0, window.previous_label)
    week = Moved(now, before, 1, window.previous_label)
    if week.is_known or "not_collected" in (now.status, before.status):
        return week
    spans = [week, *_over_longer(published, name, period, where, before if now.is_ok else now)]
    return next((each for each in spans if each.is_known), next((e for e in spans if e.now.is_ok), week))


def _over_longer(
    published: Published, name: str, period: Period, where: Filter, lacking: Figure
) -> Iterator[Moved]:
    for weeks in LONGER_WEEKS:
        length = timedelta(weeks=weeks)
        start = period.end - length
        now, before = _pair(published, name, start, period.end, start - length, where)
        yield Moved(now, before, weeks, f"the {weeks} weeks before", lacking)


def _pair(
    published: Published, name: str, start: date, end: date, previous_start: date, where: Filter
) -> tuple[Figure, Figure]:
    kept = metric_named(name).narrowed(where)
    frames = (
        compute(name, published.snapshot, first, last, by="organisation", where=kept)
        for first, last in ((start, end), (previous_start, start))
    )
    now, before = (only_figure(name, frame) for frame in frames)
    return now, before
