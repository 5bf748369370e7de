"""Periods of a window: weeks are ISO weeks, quarters begin with the configured month."""

from datetime import date

import pandas as pd

from metrics.scope import Question


def period_starts(question: Question, quarter_start_month: int) -> list[date]:
    """The first days of the periods that the window touches; the first may lie before the window."""
    if question.period == "window":
        return [question.start]
    start, end = pd.Timestamp(question.start), pd.Timestamp(question.end)
    first = _period_start(start, question.period, quarter_start_month)
    step = {"week": "W-MON", "month": "MS", "quarter": "QS"}[question.period]
    if question.period == "quarter":
        step = f"QS-{first.strftime('%b').upper()}"
    return [stamp.date() for stamp in pd.date_range(first, end, freq=step, inclusive="left")]


def _period_start(day: pd.Timestamp, period: str, quarter_start_month: int) -> pd.Timestamp:
    if period == "week":
        return day - pd.Timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    months = (day.month - quarter_start_month) % 3
    return day.replace(day=1) - pd.DateOffset(months=months)


def period_ends(starts: pd.Series, question: Question) -> pd.Series:
    """The day after each period's last, at most the end of the window."""
    end = pd.Timestamp(question.end)
    if question.period == "window":
        return pd.Series(end, index=starts.index)
    offsets = {
        "week": pd.DateOffset(weeks=1),
        "month": pd.DateOffset(months=1),
        "quarter": pd.DateOffset(months=3),
    }
    ends: pd.Series = pd.to_datetime(starts) + offsets[question.period]
    return ends.where(ends < end, end)
