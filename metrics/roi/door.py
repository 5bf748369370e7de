"""The one door: ``roi`` gives everything that is said about the money of a quarter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.kept import kept
from metrics.quarters import Quarter, quarter_named
from metrics.remembered import memory_of
from metrics.roi.assumptions import Assumption
from metrics.roi.catalogue import MODEL_VERSION
from metrics.roi.computed import Computed, computed
from metrics.roi.config import Config
from metrics.roi.facts import Facts, load_facts
from metrics.roi.figures import Figure
from metrics.roi.finance import discount_factor
from metrics.roi.guards import capacity_warnings, refuse_double_counts
from metrics.roi.headlines import headline_of, totals_of
from metrics.roi.history import Net, quarters_until
from metrics.roi.keeping import is_same, pack, unpack
from metrics.roi.lines import Line
from metrics.roi.measured import lead_time_gain, manual_work
from metrics.roi.result import BASES, RoiResult
from metrics.roi.rounding import rows_of, spreads_of
from metrics.roi.scenario import Scenario
from metrics.roi.sensitivity import sensitivity
from metrics.scope import Snapshot

N_DRAWS = 10_000
# As large as a row of a table of figures.
_DRAWS_OF_A_ROW = 10


def roi(
    snapshot: Snapshot,
    quarter: str | Quarter,
    assumptions: Iterable[Assumption],
    seed: int,
    *,
    scenario: Scenario | None = None,
    n_draws: int = N_DRAWS,
) -> RoiResult:
    """Lines, headlines, ranges, sensitivity and finance of a quarter.

    Parameters
    ----------
    quarter : by name, such as ``2026-Q3``.
    assumptions : what was stated, all versions of it; the history takes those of its time. Inputs of the
        snapshot, measurements and defaults fill in the rest.
    seed : of the draws; the same rows, assumptions and seed give the same result to the last digit.
    scenario : another adoption or other figures in this quarter, and in those that follow it.

    Raises
    ------
    AssumptionError, CurrencyError, DoubleCountError : see `metrics.roi.errors`.
    ParameterError : there is no such quarter.
    """
    named = quarter if isinstance(quarter, Quarter) else quarter_named(quarter, _start_month(snapshot))
    stated = tuple(assumptions)
    question = ("roi", MODEL_VERSION, named, stated, seed, scenario, n_draws)
    return kept(
        snapshot,
        question,
        lambda: _worked_out(snapshot, named, stated, seed, scenario, n_draws),
        pack=pack,
        unpack=unpack,
        is_same=is_same,
    )


def _worked_out(
    snapshot: Snapshot,
    named: Quarter,
    stated: Sequence[Assumption],
    seed: int,
    scenario: Scenario | None,
    n_draws: int,
) -> RoiResult:
    settled = memory_of(snapshot).of(
        ("settled", named, stated, seed, n_draws),
        lambda: _settled(snapshot, named, stated, seed, n_draws),
        lambda found: found.size,
    )
    facts, measured, past = settled.facts, settled.measured, settled.past
    reported = facts.of(named, scenario)
    holding = scenario.applied_to(stated, named) if scenario else stated
    now = computed(
        reported, holding, [*measured, *lead_time_gain(snapshot, reported, holding)], seed, n_draws
    )
    headlines = tuple(headline_of(basis, now, [nets[basis] for nets in past]) for basis in BASES)
    lines = _lines(now, len(past))
    refuse_double_counts(lines)
    totals = totals_of(now, lines)
    bars, break_evens = sensitivity(now.model, now.point.used)
    return RoiResult(
        quarter=named,
        currency=facts.currency,
        model_version=MODEL_VERSION,
        seed=seed,
        n_draws=n_draws,
        scenario=scenario,
        baseline=facts.baseline,
        lines=lines,
        totals=totals,
        headlines=headlines,
        strategic=next((total.amount for total in totals if total.kind.class_ == "strategic"), None),
        tornado=bars,
        break_evens=break_evens,
        figures=tuple(f for _, f in sorted(now.point.used.items()) if not f.is_sampling_error),
        missing=tuple(now.model.missing),
        warnings=(*_unfinished(now), *capacity_warnings(reported, now.terms, now.point)),
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """What no scenario changes: rows, measured figures, and the net of the quarters before."""

    facts: Facts
    measured: Sequence[Figure]
    past: Sequence[Mapping[str, Net]]

    @property
    def size(self) -> int:
        tables = (*self.facts.by_quarter.values(), *self.facts.before.values(), *self.facts.whole.values())
        draws = sum(net.draws.size for nets in self.past for net in nets.values())
        return sum(map(len, tables)) + draws // _DRAWS_OF_A_ROW


def _settled(
    snapshot: Snapshot, named: Quarter, stated: Sequence[Assumption], seed: int, n_draws: int
) -> _Settled:
    facts = load_facts(snapshot, named, Config(**snapshot.settings.get("roi", {})))
    measured = manual_work(snapshot, facts, named)
    earlier = quarters_until(facts, named)[:-1]
    past = [computed(facts.of(each), stated, measured, seed, n_draws, is_past=True).nets for each in earlier]
    return _Settled(facts, measured, past)


def _start_month(snapshot: Snapshot) -> int:
    return int(snapshot.settings.get("quarter_start_month", 1))


def _lines(now: Computed, quarters_before: int) -> tuple[Line, ...]:
    factor = discount_factor(float(now.point.of("discount_rate")[0, 0]), quarters_before)
    return tuple(
        line
        for (kind, point), draws in zip(now.terms, now.draws, strict=True)
        for line in rows_of(now.facts, kind, point, spreads_of(draws), factor)
    )


def _unfinished(now: Computed) -> list[str]:
    share = now.facts.passed_share
    name = now.facts.quarter.name
    return (
        []
        if share == 1
        else [f"{name} is not over: {share:.0%} of it has passed, and the horizon repeats it"]
    )
