"""What pages ask at first, worked out once for a snapshot instead of by whoever opens it first."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from dashboards.questions.published import Published
from dashboards.questions.quarter import quarter_shown, result_in, states_in
from dashboards.words.windows import TWELVE_MONTHS, context_start, quarter_start
from metrics.catalog import CATALOG, metric_named
from metrics.cubes.rule import Cut
from metrics.cubes.writing import Writer
from metrics.errors import MetricError
from metrics.kept import keeping
from metrics.scope import By, Filter, Grouping
from service.running.asking import TIERS, asked_besides
from warehouse.snapshot import Snapshot

_log = logging.getLogger(__name__)
# Those of three years, with the running one: a page that shows an older quarter works it out.
QUARTERS = 12
# A page asks for less of fewer rows than publishing would have to work out.
ROWS_WORTH_KEEPING = 10_000
_ROWS = "SELECT (SELECT count(*) FROM fact_changes) + (SELECT count(*) FROM fact_tickets) AS n"
Ask = Callable[[], object]
COHORTS = "retention"
FIRST_RUN = "SELECT min(day) AS day FROM team_days WHERE action_runs > 0"
_BY_WEEK: tuple[By, ...] = ("organisation", "team")
_BY_TIER: tuple[By, ...] = ("organisation", "action")
# Of these pages show less than there is; what is asked for by name alone is worked out then.
SHOWN_BY: Mapping[str, tuple[Grouping, ...]] = {
    "incident_time_to_restore": ("organisation", "team"),
    "retention": ("organisation", "team"),
    "ticket_touch_time": (),
    "ticket_waiting_time": (),
}
# Readings of a metric that pages show beside its own.
READINGS: tuple[tuple[str, Grouping, Mapping[str, str]], ...] = (
    ("self_service_share", "team and action", {"adoption": "voluntary"}),
    ("self_service_share", "team and action", {"adoption": "mandated"}),
    ("request_latency", "team and action", {"way": "self_service"}),
    ("self_service_share", "action", {"adoption": "voluntary"}),
    ("self_service_share", "action", {"adoption": "mandated"}),
    ("request_latency", "action", {"way": "self_service"}),
    ("request_latency", "team", {"way": "self_service"}),
    ("request_latency", "organisation", {"way": "self_service"}),
    # Requests are of teams; what is shown of one service is told apart by the service that they name.
    ("self_service_share", "service", {}),
    ("request_latency", "service", {}),
    ("action_success_rate", "service", {}),
)


def answers_of(snapshot: Snapshot) -> Mapping[str, bytes]:
    """The answers by their key; whatever cannot be worked out is left to the page, which says why."""
    published = Published(snapshot)
    with keeping(snapshot) as answers:
        for ask in (*_money(published), *_figures(published), *_besides(published)):
            try:
                ask()
            except MetricError:
                continue
            except Exception as error:
                # What readers wait for is published all the same.
                _log.warning("snapshot=%d kept=none error=%r", snapshot.version, error)
        return dict(answers)


def _money(published: Published) -> Iterator[Ask]:
    """The quarters that the newest windows show, and those that they are compared with."""
    shown = [quarter_shown(published, window) for window in published.windows_at_hand]
    quarters = sorted({*shown, *(each.previous for each in shown)}, key=lambda quarter: quarter.start)
    for quarter in quarters[-QUARTERS:]:
        yield partial(result_in, published.snapshot, quarter)
        yield partial(states_in, published.snapshot, quarter)


def _figures(published: Published) -> Iterator[Ask]:
    """Every metric by every grouping over the whole history: what pages show of one scope and of all."""
    if published.rows(_ROWS)["n"].iloc[0] < ROWS_WORTH_KEEPING:
        return
    writer = Writer(published.snapshot)
    cuts, weeks = _cuts(published), _weeks(published)
    cohorts = _since_the_first_run(published)
    for name in CATALOG:
        own = [*cuts, *cohorts] if name == COHORTS else cuts
        for by in _groupings(name):
            # Many services by week would cost more than they save: a page shows one trend of one of them.
            yield partial(writer.add, name, by, [*own, *weeks] if by in _BY_WEEK else own)
    for name, grouping, parameters in READINGS:
        yield partial(writer.add, name, grouping, cuts, parameters)
    yield from _of_tiers(published, writer, [cut for cut in cuts if cut.period != "quarter"])
    yield writer.finish


def _groupings(name: str) -> tuple[Grouping, ...]:
    """By what pages show a metric."""
    by: tuple[Grouping, ...] = metric_named(name).by
    if {"team", "action"} <= set(by):
        by = (*by, "team and action")
    return SHOWN_BY.get(name, by)


def _of_tiers(published: Published, writer: Writer, cuts: list[Cut]) -> Iterator[Ask]:
    """What is shown first of each tier, which no grouping tells apart."""
    shown: list[tuple[str, Grouping, Mapping[str, str]]] = [
        (name, by, {}) for name in CATALOG for by in _BY_TIER if by in _groupings(name)
    ]
    shown += [reading for reading in READINGS if reading[1] in _BY_TIER]
    for tier in published.rows(TIERS)["tier"]:
        for name, by, parameters in shown:
            if metric_named(name).takes("tiers"):
                yield partial(writer.add, name, by, cuts, parameters, Filter(tiers=(str(tier),)))


def _besides(published: Published) -> Iterator[Ask]:
    return asked_besides(published, int(published.rows(_ROWS)["n"].iloc[0]))


def _cuts(published: Published) -> list[Cut]:
    """Months and quarters from before the first window that is compared up to today, with the last twelve
    months, the last ninety days, and those before them, which are no calendar's.
    """
    month, windows = published.quarter_start_month, published.windows_at_hand
    year, custom = published.windows[TWELVE_MONTHS], windows[-1]
    start = min(
        quarter_start(day, month)
        for window in windows
        for day in (window.previous_start, context_start(window, month))
    )
    return [
        Cut(year.start, year.end, "window"),
        Cut(year.previous_start, year.previous_end, "window"),
        Cut(custom.start, custom.end, "window"),
        Cut(custom.previous_start, custom.previous_end, "window"),
        Cut(start, year.end, "month"),
        Cut(start, year.end, "quarter"),
    ]


def _weeks(published: Published) -> list[Cut]:
    """Those of a trend up to today, and up to the end of the newest quarter that is over."""
    month, windows = published.quarter_start_month, published.windows
    shown = [windows[TWELVE_MONTHS], *list(windows.values())[:2]]
    return list(dict.fromkeys(Cut(context_start(each, month), each.end, "week") for each in shown))


def _since_the_first_run(published: Published) -> list[Cut]:
    """All cohorts up to the end of each window."""
    first = published.rows(FIRST_RUN)["day"].iloc[0]
    ends = {window.end for window in published.windows_at_hand}
    start = first and quarter_start(first, published.quarter_start_month)
    return [Cut(start, end, "window") for end in sorted(ends) if start and end > start]
