"""Teams or services as a table: each against its own past, in alphabetical order, never ranked."""

import math
from collections.abc import Mapping

import pandas as pd

from dashboards.words.values import count, interval_text, part_text, value_text
from dashboards.words.wording import Figure, direction, figure_of, is_better, noun, shown

_ARROWS = {"rose": "↗ rose", "fell": "↘ fell", "unclear": "no clear change", "unknown": ""}
_JUDGED = {True: ", better", False: ", worse", None: ""}


def own_past(
    name: str, now: pd.DataFrame, before: pd.DataFrame, months: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """One row per team or service.

    Returns
    -------
    scope_id, scope (its name, the order), value, interval, n, previous, change (words), months (the
    latest values without a gap). Texts carry their units.
    """
    earlier = {row["scope_id"]: figure_of(name, row) for row in _records(before)}
    history = _history(months)
    rows = [
        _row(
            names.get(str(row["scope_id"]), str(row["scope_id"])),
            row["scope_id"],
            figure_of(name, row),
            earlier,
            history,
        )
        for row in _records(now)
    ]
    columns = ["scope_id", "scope", "value", "interval", "n", "previous", "change", "months"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("scope", key=lambda s: s.str.lower(), ignore_index=True)


def own_past_finding(table: pd.DataFrame, by: str, before: str) -> str:
    """``31 of 40 teams are better than in the 12 months before, 2 worse``; of those that can be compared."""
    known = table["change"] != ""
    better, worse = (table["change"].str.endswith(word).sum() for word in (_JUDGED[True], _JUDGED[False]))
    if not known.any():
        return f"No {by} can be compared with {before}"
    if not better and not worse:
        return f"No {by} differs clearly from {before}"
    are = "is" if better == 1 else "are"
    return (
        f"{part_text(better, known.sum(), by, f'{by}s')} {are} better than in {before}, "
        f"{count(worse) if worse else 'none'} worse"
    )


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _row(
    label: str,
    scope_id: object,
    figure: Figure,
    earlier: Mapping[object, Figure],
    history: Mapping[object, list[float]],
) -> list[object]:
    before = earlier.get(scope_id) or figure_of(figure.metric.name, None)
    moved = direction(figure, before)
    unit = figure.metric.unit
    interval = interval_text(unit, figure.value, figure.low, figure.high) if figure.is_ok else ""
    previous = value_text(unit, before.value) if before.is_ok else shown(before)
    change = _ARROWS[moved] + _JUDGED[is_better(figure.metric, moved)]
    return [
        scope_id,
        label,
        _state(figure),
        interval,
        figure.n,
        previous,
        change,
        _bars(history.get(scope_id, [])),
    ]


def _state(figure: Figure) -> str:
    if figure.status == "too_few":
        return f"{count(figure.n)} of {figure.metric.minimum_n} needed"
    text = shown(figure) if figure.status != "no_data" else f"no {noun(figure.metric, 1)}"
    return f"{text} (stale)" if figure.is_stale and figure.is_ok else text


def _history(months: pd.DataFrame) -> dict[object, list[float]]:
    return {
        scope_id: latest_run([float(value) for value in group["value"]])
        for scope_id, group in months.groupby("scope_id", sort=False)
    }


def _bars(run: list[float]) -> list[float]:
    """Fewer than three months show no course, so they are left out."""
    return run if len(run) >= 3 else []


def latest_run(values: list[float]) -> list[float]:
    """The newest stretch of values without a gap; a small chart in a cell cannot show a gap.

    Examples
    --------
    >>> latest_run([1.0, float("nan"), 2.0, 3.0, float("nan")])
    [2.0, 3.0]
    """
    run: list[float] = []
    for value in reversed(values):
        if not math.isnan(value):
            run.append(value)
        elif run:
            break
    return run[::-1]
