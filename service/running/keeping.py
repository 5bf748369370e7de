"""What pages ask at first, worked out once for a snapshot instead of by whoever opens it first."""

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from dashboards.page.published import Published
from dashboards.roi.quarter import quarter_shown, result_in, states_in
from dashboards.words.windows import TWELVE_MONTHS, Window, context_start
from metrics.catalog import CATALOG
from metrics.compute import compute
from metrics.errors import MetricError
from metrics.kept import keeping
from service.running.asking import asked_besides
from warehouse.snapshot import Snapshot

_log = logging.getLogger(__name__)
# The running quarter, the last that is over and three before it, each with the one that it is compared with.
QUARTERS = 5
# Figures of fewer rows take no longer to work out than to read back.
ROWS_WORTH_KEEPING = 500_000
FIGURE_WINDOWS = 2
_ROWS = "SELECT (SELECT count(*) FROM fact_changes) + (SELECT count(*) FROM fact_tickets) AS n"
Ask = Callable[[], object]


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
    """Every metric of the whole organisation as a card shows it: now, before, and by month."""
    if published.rows(_ROWS)["n"].iloc[0] < ROWS_WORTH_KEEPING:
        return
    for window in _windows(published):
        for name, metric in CATALOG.items():
            if "organisation" in metric.by:
                yield partial(_card, published, name, window)


def _besides(published: Published) -> Iterator[Ask]:
    return asked_besides(published, int(published.rows(_ROWS)["n"].iloc[0]))


def _windows(published: Published) -> list[Window]:
    """The one that is shown at first, then the newest quarters."""
    names = [published.default_window, *(name for name in published.windows if name != TWELVE_MONTHS)]
    return [published.windows[name] for name in dict.fromkeys(names)][:FIGURE_WINDOWS]


def _card(published: Published, name: str, window: Window) -> None:
    snapshot = published.snapshot
    compute(name, snapshot, window.start, window.end, by="organisation")
    compute(name, snapshot, window.previous_start, window.previous_end, by="organisation")
    start = context_start(window, published.quarter_start_month)
    compute(name, snapshot, start, window.end, by="organisation", period="month", minimum_n=1)
