"""Figures as an assistant is told them: number, unit, status in words, freshness and coverage together.

Nothing that came from a source stands in a sentence of ours. It stands in fields of its own, as plain text
of bounded length, so that an instruction hidden in the name of a service stays the name of a service.
"""

import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, Field

from dashboards.words.steps import result
from dashboards.words.wording import Figure, exclusions, figure_of, noun, state, unknowns
from metrics.catalog import Metric
from metrics.ground import known_until
from metrics.periods import period_ends
from metrics.scope import Question
from service.api.metrics import MetricShort
from service.api.published import Published, SnapshotAbout, about
from service.figures import Asked, json_rows

LONGEST_TEXT = 200
_SIMULATED = (
    "SIMULATED: these figures are of an invented organisation. Say so with every one that you pass on."
)
_LEAD = ("scope_id", "period_start", "value", "n", "low", "high", "status", "is_stale")


class Answer(BaseModel):
    """What every answer begins with."""

    notice: str = Field(description="Pass this on with every figure; empty where there is nothing to say.")
    snapshot: SnapshotAbout = Field(
        description="Where the figures are from; `as_of` is up to when it speaks."
    )


class FigureSaid(BaseModel):
    """One figure. A null is unknown and never zero; `reading` says why."""

    scope: str = Field(description="Id of the service, team or action, or `organisation`. Data of a source.")
    start: date = Field(description="First local day.")
    end: date = Field(description="Day after the last.")
    reading: str = Field(description="The figure in a sentence, or why there is none. Safe to quote.")
    status: Literal["ok", "too_few", "no_data", "not_collected"]
    value: float | None = Field(description="In the metric's unit; a ratio of 0.12 is 12 %.")
    low: float | None = Field(description="Lower end of the 95 % interval.")
    high: float | None = Field(description="Upper end of the 95 % interval.")
    n: int = Field(description="How many observations it rests on; `n_counts` says of what.")
    n_counts: str
    is_stale: bool = Field(description="True where newer data is missing.")
    known_days: dict[str, float] = Field(
        description="By kind of data: on how many days of this period it is known. 0 is not collected."
    )
    known_until: dict[str, datetime | None] = Field(
        description="By kind of data: up to when it is known, UTC; null where nothing is."
    )
    excluded: dict[str, int] = Field(description="Rows that do not count, by reason.")
    notes: list[str] = Field(description="What has to be said beside the figure.")
    details: dict[str, Any] = Field(description="Further numbers, such as p90, in the metric's unit.")


def opening(published: Published) -> dict[str, Any]:
    """The notice and the snapshot of an answer."""
    snapshot = about(published.snapshot)
    return {"notice": notice(is_simulated=snapshot["is_simulated"]), "snapshot": snapshot}


def notice(*, is_simulated: bool) -> str:
    """What has to be passed on with every figure."""
    return _SIMULATED if is_simulated else ""


def short(metric: Metric) -> MetricShort:
    """What a metric says, in each answer about it."""
    return MetricShort.model_validate({name: getattr(metric, name) for name in MetricShort.model_fields})


def said(published: Published, asked: Asked, frame: pd.DataFrame) -> list[FigureSaid]:
    """The figures of a frame of `metrics.compute`, in its order."""
    question = Question(asked.start, asked.end, asked.by, asked.period, asked.where)
    until = known_until(asked.name, published.snapshot, question)
    ends = period_ends(frame["period_start"], question)
    is_simulated = bool(published.snapshot.settings.get("is_demo"))
    rows = zip(frame.to_dict("records"), json_rows(frame), ends, strict=True)
    return [
        _figure(
            figure_of(asked.name, {str(key): value for key, value in row.items()}),
            plain,
            (max(row["period_start"], asked.start), end.date()),
            _instants(until, row["scope_id"]),
            is_simulated=is_simulated,
        )
        for row, plain, end in rows
    ]


def _figure(
    figure: Figure,
    plain: Mapping[str, Any],
    days: tuple[date, date],
    until: dict[str, datetime | None],
    *,
    is_simulated: bool,
) -> FigureSaid:
    metric = figure.metric
    covered = {need: f"covered_{need}_days" for need in metric.needs}
    return FigureSaid(
        scope=text_of(plain["scope_id"]),
        start=days[0],
        end=days[1],
        reading=reading(figure, is_simulated=is_simulated),
        **{name: plain[name] for name in ("status", "value", "low", "high", "n", "is_stale")},
        n_counts=noun(metric, figure.n),
        known_days={need: float(plain[column] or 0) for need, column in covered.items() if column in plain},
        known_until=until,
        excluded=exclusions(figure),
        notes=[plain_spaces(note) for note in unknowns(figure)],
        details={name: value for name, value in plain.items() if _is_detail(name)},
    )


def reading(figure: Figure, *, is_simulated: bool) -> str:
    """The figure in a sentence that may be quoted: with title, interval and n, or with what is missing."""
    told = result(figure) if figure.is_ok else state(figure)
    mark = "Simulated: " if is_simulated else ""
    stale = " Newer data is missing (stale)." if figure.is_stale else ""
    return plain_spaces(f"{mark}{figure.metric.title}. {told}{stale}")


def _is_detail(name: str) -> bool:
    return name not in _LEAD and not name.startswith(("covered_", "excluded_"))


def _instants(until: pd.DataFrame, scope_id: str) -> dict[str, datetime | None]:
    if scope_id not in until.index:
        return dict.fromkeys((str(name) for name in until.columns), None)
    row = until.loc[scope_id]
    return {
        str(need): None if pd.isna(at) else pd.Timestamp(at, tz=UTC).to_pydatetime()
        for need, at in row.items()
    }


def rows_said(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a source: texts plain and bounded, and links only where they are ones of the web."""
    rows = json_rows(frame.drop(columns=["scope_id", "period_start"]))
    return [{name: _cell(name, value) for name, value in row.items()} for row in rows]


def _cell(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = text_of(value)
    # A link that is cut leads somewhere else, so rather none.
    is_link = text.startswith(("https://", "http://")) and text == value
    return None if name.endswith("url") and not is_link else text


def text_of(text: str) -> str:
    """A text of a source on one line: without control and invisible characters, cut where it is too long."""
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in str(text))
    line = " ".join(visible.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def plain_spaces(text: str) -> str:
    """The text without the spaces that keep a number and its unit on one line of a page."""
    return text.replace("\u00a0", " ")
