"""The figures of a metric for each self-service action."""

from typing import Any

from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.words.wording import Figure, figure_of
from metrics.catalog import metric_named


def figures_by_action(
    facts: Facts, view: View, name: str, *, is_before: bool = False, **parameters: Any
) -> dict[str, Figure]:
    """The figure of each action by its name, in alphabetical order; ``is_before``: of the window before."""
    window, where = view.window, view.where_for(metric_named(name))
    days = (window.previous_start, window.start) if is_before else (window.start, window.end)
    frame = facts.figures(name, *days, by="action", where=where, **parameters)
    rows = ({str(key): value for key, value in row.items()} for row in frame.to_dict("records"))
    return {str(row["scope_id"]): figure_of(name, row) for row in rows}
