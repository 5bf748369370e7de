"""The manual baseline: what a request by ticket costs in hours, as a distribution with its grade.

Touch hours are the work of those who fulfil the ticket; the requester's own work is in no ticket. Waiting
hours are working hours from the ticket's creation to its resolution, as the requester lives through them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np

from metrics.uncertainty import Floats

Grade = Literal["measured", "estimated", "assumed"]
When = Literal["before", "beside"]

_RESAMPLES = 1_000
_BLOCKS = 2_000
_TAIL_PERCENT = 2.5


@dataclass(frozen=True, slots=True)
class Distribution:
    """Hours per ticket; every figure but ``n`` is ``None`` where there is no ticket.

    ``mean`` is arithmetic, since money is a sum, with every ticket counted at ``cap`` hours at most;
    ``low`` and ``high`` are its 95 % bootstrap interval; ``n_capped`` tickets were above the cap.
    The percentiles are those of the hours as they are.
    """

    n: int
    cap: float
    n_capped: int = 0
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    p10: float | None = None
    p25: float | None = None
    p50: float | None = None
    p75: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The manual way of one action in a window of local days ``[start, end)``, dated by ``as_of`` (UTC).

    ``grade`` is ``assumed`` where there are fewer tickets than the stated minimum: then nothing was measured
    and somebody has to say. ``n`` counts resolved tickets, of which ``touch_hours.n`` have known work,
    ``n_measured`` by logged or stated work and ``n_estimated`` by status intervals. ``when`` tells whether
    the tickets are from before their team's first run of the action, or from beside self-service too.
    """

    action: str
    touch_hours: Distribution
    wait_hours: Distribution
    n: int
    grade: Grade
    window: tuple[date, date]
    when: When
    as_of: datetime
    n_measured: int = 0
    n_estimated: int = 0


def distribution_of(hours: Floats, *, cap: float, seed: int) -> Distribution:
    """The distribution of known hours, its mean capped and with a bootstrap interval.

    Raises
    ------
    ValueError : an hour is NaN; unknown ones are left out before.

    Source: Efron & Tibshirani (1993), ch. 13 (percentile interval).
    """
    if np.isnan(hours).any():
        raise ValueError("hours hold NaN; leave unknown ones out")
    if not len(hours):
        return Distribution(0, cap)
    capped = np.minimum(hours, cap)
    low, high = np.percentile(_resampled_means(capped, seed), [_TAIL_PERCENT, 100 - _TAIL_PERCENT])
    p10, p25, p50, p75, p90 = (float(q) for q in np.percentile(hours, [10, 25, 50, 75, 90]))
    n_capped = int(np.count_nonzero(hours > cap))
    mean = float(capped.mean())
    return Distribution(len(hours), cap, n_capped, mean, float(low), float(high), p10, p25, p50, p75, p90)


def _resampled_means(values: Floats, seed: int) -> Floats:
    """Means of resamples with replacement.

    Many values are summed in random blocks first and the blocks resampled, which leaves the spread of the
    mean as it is and costs the same however many values there are.
    """
    rng = np.random.default_rng(seed)
    n = len(values)
    if n > 2 * _BLOCKS:
        edges = np.arange(_BLOCKS) * n // _BLOCKS
        values = np.add.reduceat(rng.permutation(values), edges) * (_BLOCKS / n)
    picks = rng.integers(0, len(values), (_RESAMPLES, len(values)))
    return np.asarray(values[picks].mean(axis=1))
