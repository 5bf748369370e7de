"""What pages ask besides figures and money, for every window that takes no picking of days."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from dashboards.questions.health import known_in
from dashboards.questions.linkage import counts_in
from dashboards.questions.published import Published
from dashboards.questions.requests import teams_in
from dashboards.words.windows import Window
from metrics.cohorts import cohorts
from metrics.goals.judging import goals_in, judged_goals
from metrics.leakage import leakage, leaked_tickets
from metrics.open_changes import open_changes
from metrics.scope import Filter

Ask = Callable[[], object]
# Of fewer rows these are as fast to work out as to read back.
ROWS_WORTH_KEEPING = 50_000
TIERS = "SELECT DISTINCT tier FROM service_map WHERE tier IS NOT NULL ORDER BY tier"


def asked_besides(published: Published, n_rows: int) -> Iterator[Ask]:
    """Answers about everything, from which a page takes those about one team, one tier or one service.

    Parameters
    ----------
    n_rows : changes and tickets of the snapshot.
    """
    snapshot = published.snapshot
    yield partial(cohorts, snapshot, published.first_day, published.today + timedelta(days=1))
    yield partial(open_changes, snapshot)
    goals = goals_in(snapshot)
    for scope in sorted({entry.scope_id for entry in goals.entries}):
        yield partial(judged_goals, snapshot, goals, scopes=[scope])
    if n_rows >= ROWS_WORTH_KEEPING:
        tiers = [str(tier) for tier in published.rows(TIERS)["tier"]]
        for window in published.windows_at_hand:
            yield from _of_window(published, window, tiers)


def _of_window(published: Published, window: Window, tiers: list[str]) -> Iterator[Ask]:
    yield partial(known_in, published, window)
    yield partial(teams_in, published, window)
    yield partial(counts_in, published, window)
    yield partial(leaked_tickets, published.snapshot, window.start, window.end)
    for where in (Filter(), *(Filter(tiers=(tier,)) for tier in tiers)):
        yield partial(leakage, published.snapshot, window.start, window.end, where=where)
