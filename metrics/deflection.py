"""Deflection: by which share how-to tickets per engineer fell from one window to another."""

from dataclasses import dataclass
from datetime import date

import scipy

from metrics.compute import compute
from metrics.scope import Filter, Snapshot

_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Deflection:
    """``1 − r1/r0`` of two rates per engineer and quarter, with its 95 % interval; negative where they rose.

    Everything but the counts is ``None`` where a rate is unknown or the first is zero; ``reason`` says why.
    """

    before: float | None
    after: float | None
    value: float | None
    low: float | None
    high: float | None
    n_before: int
    n_after: int
    reason: str = ""


def deflection(
    snapshot: Snapshot,
    before: tuple[date, date],
    after: tuple[date, date],
    *,
    where: Filter | None = None,
    minimum_n: int | None = None,
) -> Deflection:
    """The deflection of how-to tickets between two windows of local days, never from raw counts.

    Source: exact conditional interval for the ratio of two Poisson rates (Przyborowski & Wilenski 1940).
    """
    rows = [
        compute("how_to_ticket_rate", snapshot, *window, by="organisation", where=where, minimum_n=minimum_n)
        for window in (before, after)
    ]
    if any(row.empty for row in rows):
        return _unknown((0, 0), "no team of the scope is known")
    first, second = (row.iloc[0] for row in rows)
    counts = int(first["numerator"]), int(second["numerator"])
    for words, row in (("before", first), ("after", second)):
        if row["status"] != "ok":
            return _unknown(counts, f"the rate {words} is {row['status']}")
    rates = float(first["value"]), float(second["value"])
    if counts[0] == 0:
        return _unknown(counts, "there was no how-to ticket before, so nothing could fall")
    exposure = float(second["engineer_quarters"]) / float(first["engineer_quarters"])
    ratio_low, ratio_high = _ratio_interval(counts[1], counts[0], exposure)
    value = 1 - rates[1] / rates[0]
    return Deflection(*rates, value, 1 - ratio_high, 1 - ratio_low, *counts)


def _unknown(counts: tuple[int, int], reason: str) -> Deflection:
    return Deflection(None, None, None, None, None, *counts, reason=reason)


def _ratio_interval(after: int, before: int, exposure: float) -> tuple[float, float]:
    """Bounds of the ratio of two rates: given their sum, one count is binomial."""
    n = after + before
    low = float(scipy.stats.beta.ppf(_TAIL, after, before + 1)) if after else 0.0
    high = float(scipy.stats.beta.ppf(1 - _TAIL, after + 1, before)) if after < n else 1.0
    return low / (1 - low) / exposure, high / (1 - high) / exposure
