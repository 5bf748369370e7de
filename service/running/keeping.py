"""What pages ask at first, worked out once for a snapshot instead of by whoever opens it first."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from dashboards.page.published import Published
from dashboards.roi.quarter import quarter_shown, result_in, states_in
from dashboards.words.windows import TWELVE_MONTHS, context_start, quarter_start
from metrics.catalog import CATALOG
from metrics.cubes.rule import Cut
from metrics.cubes.writing import Writer
from metrics.errors import MetricError
from metrics.kept import keeping
from metrics.scope import By
from service.running.asking import asked_besides
from warehouse.snapshot import Snapshot

_log = logging.getLogger(__name__)
# The running quarter, the last that is over and three before it, each with the one that it is compared with.
QUARTERS = 5
# A page asks for less of fewer rows than publishing would have to work out.
ROWS_WORTH_KEEPING = 10_000
_ROWS = "SELECT (SELECT count(*) FROM fact_changes) + (SELECT count(*) FROM fact_tickets) AS n"
Ask = Callable[[], object]
_BY_WEEK: tuple[By, ...] = ("organisation", "team")
# Readings of a metric that pages show beside its own.
READINGS: tuple[tuple[str, By, Mapping[str, str]], ...] = (
    ("self_service_share", "action", {"adoption": "voluntary"}),
    ("self_service_share", "action", {"adoption": "mandated"}),
    ("request_latency", "action", {"way": "self_service"}),
    ("request_latency", "team", {"way": "self_service"}),
    ("request_latency", "organisation", {"way": "self_service"}),
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
    shown = [quarter_shown(published, window) for window in published.windows.values()]
    quarters = sorted({*shown, *(each.previous for each in shown)}, key=lambda quarter: quarter.start)
    for quarter in quarters[-QUARTERS:]:
        yield partial(result_in, published.snapshot, quarter)
        yield partial(states_in, published.snapshot, quarter)


def _figures(published: Published) -> Iterator[Ask]:
    """Every metric by every grouping over the whole history: what pages show of one scope and of all."""
    if published.rows(_ROWS)["n"].iloc[0] < ROWS_WORTH_KEEPING:
        return
    writer = Writer(published.snapshot)
    whole, weeks = _cuts(published)
    for name, metric in CATALOG.items():
        for by in metric.by:
            # Many services by week would cost more than they save: a page shows one trend of one of them.
            yield partial(writer.add, name, by, [*whole, weeks] if by in _BY_WEEK else whole)
    for name, by, parameters in READINGS:
        yield partial(writer.add, name, by, whole, parameters)
    yield writer.finish


def _besides(published: Published) -> Iterator[Ask]:
    return asked_besides(published, int(published.rows(_ROWS)["n"].iloc[0]))


def _cuts(published: Published) -> tuple[list[Cut], Cut]:
    """Months and quarters from before the first window that is compared up to today, with the last twelve
    months and those before them, which are no calendar's; and the weeks of a trend up to today.
    """
    month, windows = published.quarter_start_month, published.windows.values()
    year = published.windows[TWELVE_MONTHS]
    start = min(
        quarter_start(day, month)
        for window in windows
        for day in (window.previous_start, context_start(window, month))
    )
    whole = [
        Cut(year.start, year.end, "window"),
        Cut(year.previous_start, year.previous_end, "window"),
        Cut(start, year.end, "month"),
        Cut(start, year.end, "quarter"),
    ]
    return whole, Cut(context_start(year, month), year.end, "week")
