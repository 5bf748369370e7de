"""The steps from rows to a figure, as sentences: what it rests on, the part a row plays, the result."""

import math

from dashboards.words.values import as_float, count
from dashboards.words.vocabulary import MEASURES, REASONS
from dashboards.words.wording import Figure, interval_words, shown
from metrics.catalog import Metric


def ground(found: Figure, metric: Metric, n_days: int) -> str:
    """On how many days of the window each resource that the metric needs is known."""
    parts = [
        f"{need.replace('_', ' ')} known on {count(float(found.extras[column]))} of {count(n_days)} days"
        for need in metric.needs
        if (column := f"covered_{need}_days") in found.extras
        and not math.isnan(as_float(found.extras[column]))
    ]
    text = "; ".join(parts) if parts else f"It needs {', '.join(metric.needs) or 'nothing collected'}"
    text = f"{text[:1].upper()}{text[1:]}"
    return f"{text}{', and newer data is missing (stale)' if found.is_stale else ''}."


def role_words(role: str) -> str:
    """The part that a row plays in a figure; for one that is out, the reason."""
    return f"left out: {REASONS[role]}" if role in REASONS else role.replace("_", " ")


def result(found: Figure, *, strong: str = "") -> str:
    """The value with its interval and n, or why there is none; ``strong`` stands around the value."""
    metric = found.metric
    measure = MEASURES.get(metric.statistic, metric.statistic.replace("_", " "))
    if not found.is_ok:
        reasons = {
            "too_few": f"{count(found.n)} are too few to say; {metric.minimum_n} are needed.",
            "no_data": "Nothing happened in this window, so there is nothing to measure.",
            "not_collected": "No source covers this window; that is not the same as zero.",
        }
        return reasons[found.status]
    return f"The {measure} is {strong}{shown(found)}{strong} ({interval_words(found)}; n = {count(found.n)})."
