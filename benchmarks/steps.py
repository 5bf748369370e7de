"""The steps that are measured; each returns named figures: seconds, MiB of peak memory, ratios."""

import resource
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from benchmarks.generate import generate
from benchmarks.scans import INPUTS, KEYS, ROI
from collectors.base import Context
from collectors.files import source as files
from metrics.catalog import FIVE_KEYS
from metrics.compute import compute
from metrics.quarters import quarter_named
from metrics.roi.assumptions import Assumption
from metrics.roi.config import Config
from metrics.roi.door import roi
from metrics.roi.facts import Facts, load_facts
from metrics.roi.figures import figures_of
from metrics.roi.inputs import stated_by_inputs
from metrics.roi.model import QuarterModel
from metrics.roi.parameters import PARAMETERS
from metrics.roi.values import Drawn
from service.configuration.config import load_config
from service.reports.reporting import Wish, preview
from service.running.keeping import answers_of
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings, prepare, prepare_snapshot
from warehouse.identities import identify
from warehouse.ledger import Edit, Ledger, Values
from warehouse.links import link
from warehouse.load import load_page
from warehouse.publish import Snapshot, publish

Figures = dict[str, Any]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW = (date(2024, 1, 1), date(2026, 1, 1))
WARM_RUNS = 5
QUARTER = "2025-Q4"
_STATED = {
    "downtime_cost_per_hour": (500.0, 1_000.0, 3_000.0),
    "downtime_severity": (0.1, 0.2, 0.4),
    "incident_responders": (1.0, 2.0, 4.0),
    "incident_responder_hours": (0.5, 1.0, 2.0),
    "cost_of_delay_per_week": (5_000.0, 10_000.0, 20_000.0),
    "initiatives": (10.0, 20.0, 30.0),
    "critical_path_share": (0.1, 0.2, 0.3),
}
ASSUMPTIONS = tuple(
    Assumption(key, *values, unit=PARAMETERS[key].unit, source="benchmark", owner="benchmark")
    for key, values in _STATED.items()
)
REQUESTS = {"S": (40_000, 10_000), "L": (2_000_000, 500_000)}


@contextmanager
def _timed(figures: Figures, name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    figures[name] = time.perf_counter() - start


def _with_memory(figures: Figures) -> Figures:
    figures["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _open(directory: Path, memory_limit: str | None = None) -> Warehouse:
    return Warehouse.open(directory / "warehouse", memory_limit=memory_limit, clock=lambda: NOW)


def generate_step(directory: Path, size: str) -> Figures:
    """Write the synthetic organisation, unless it is there."""
    figures: Figures = {}
    target = directory / "files"
    if not target.exists():
        with _timed(figures, "seconds"):
            n_tickets, n_runs = REQUESTS[size]
            generate(target, size, seed=1, n_tickets=n_tickets, n_runs=n_runs)
    return _with_memory(figures)


def load_step(directory: Path, size: str) -> Figures:
    """Read all files into an empty warehouse."""
    figures: Figures = {}
    shutil.rmtree(directory / "warehouse", ignore_errors=True)
    context = Context(NOW, directory / "cache", lambda login: login, lambda name: name == "production")
    source = files.build("bench", files.Config(path=directory / "files"), context)
    rows = 0
    with _timed(figures, "seconds"), _open(directory) as warehouse:
        for item in source.resources():
            for page in item.pages(None):
                loaded = load_page(
                    warehouse,
                    "bench",
                    item.name,
                    item.scope_id,
                    tables=page.tables,
                    coverage=page.coverage,
                )
                rows += loaded.total.inserted
        state_assumptions(warehouse)
    return _with_memory({"rows": rows, **figures})


def state_assumptions(warehouse: Warehouse) -> None:
    """What is stated, in the ledger, as a report reads it."""
    at = warehouse.now()
    with warehouse.transaction() as con:
        for stated in ASSUMPTIONS:
            values = Values(*stated.range, stated.unit, stated.source, stated.owner, WINDOW[0])
            Ledger.append(con, [Edit(stated.key, "edit", stated.key, "*", "benchmark", at, values)])


def link_step(directory: Path, size: str) -> Figures:
    """Names, then changes and incidents to deployments."""
    figures: Figures = {}
    with _open(directory) as warehouse:
        with _timed(figures, "seconds"):
            with warehouse.transaction() as con:
                identify(con, (), lambda name: name == "production", ZoneInfo("UTC"))
            link(warehouse.connection, attribution_window_hours=24)
        counts = warehouse.connection.execute(
            "SELECT (SELECT count(*) FROM link_changes), (SELECT count(*) FROM link_incidents)"
        ).fetchall()[0]
    return _with_memory({"changes_linked": counts[0], "incidents_linked": counts[1], **figures})


def prepare_step(directory: Path, size: str) -> Figures:
    """The facts alone, within 1 GiB of DuckDB memory, beside one scan of everything they read."""
    figures: Figures = {}
    target = directory / "facts-only.duckdb"
    target.unlink(missing_ok=True)
    with _open(directory, memory_limit="1GiB") as warehouse:
        con = warehouse.connection
        figures["scan_inputs_seconds"] = min(_scan_seconds(con, INPUTS) for _ in range(3))
        con.execute(f"ATTACH '{target}' AS marts (STORAGE_VERSION 'v1.4.0')")
        with _timed(figures, "seconds"):
            prepare(con, FactSettings())
        con.execute("DETACH marts")
    target.unlink()
    figures["ratio_to_scan_of_inputs"] = figures["seconds"] / figures["scan_inputs_seconds"]
    return _with_memory(figures)


def publish_step(directory: Path, size: str) -> Figures:
    """A whole publication: facts, reader tables, checks, pointer."""
    figures: Figures = {}
    settings = {"stale_after_hours": 48, "reporting_zone": "UTC"}

    def answers(snapshot: Snapshot) -> Mapping[str, bytes]:
        with _timed(figures, "answers_seconds"):
            return answers_of(snapshot)

    with _open(directory) as warehouse, _timed(figures, "seconds"):
        publish(
            warehouse,
            lambda con: prepare_snapshot(con, FactSettings()),
            as_of=NOW,
            settings=settings,
            answers=answers,
        )
    figures["ratio_of_answers_to_the_rest"] = figures["answers_seconds"] / (
        figures["seconds"] - figures["answers_seconds"]
    )
    return _with_memory(figures)


def keys_step(directory: Path, size: str) -> Figures:
    """The five keys by team by month: first in a fresh process, then warm, beside the scan limit."""
    figures: Figures = {}
    with Snapshot.open(directory / "warehouse" / "marts") as snapshot:
        with _timed(figures, "cold_seconds"):
            _compute_all(snapshot)
        for key in FIVE_KEYS:
            figures[f"{key}_warm_seconds"] = min(
                _seconds(lambda key=key: _compute(snapshot, key)) for _ in range(WARM_RUNS)
            )
        figures["warm_seconds"] = min(_seconds(lambda: _compute_all(snapshot)) for _ in range(WARM_RUNS))
        scans = {
            key: min(_seconds(lambda key=key: snapshot.sql(KEYS[key])) for _ in range(WARM_RUNS))
            for key in KEYS
        }
    figures["scan_limit_seconds"] = sum(scans.values())
    figures["ratio_to_scan_limit"] = figures["warm_seconds"] / figures["scan_limit_seconds"]
    return _with_memory(figures)


def roi_step(directory: Path, size: str) -> Figures:
    """The return on investment of the last quarter with all quarters before it, beside the scan limit."""
    figures: Figures = {}
    with Snapshot.open(directory / "warehouse" / "marts") as snapshot:
        with _timed(figures, "cold_seconds"):
            roi(snapshot, QUARTER, ASSUMPTIONS, seed=1)
        figures["warm_seconds"] = min(
            _seconds(lambda: roi(snapshot, QUARTER, ASSUMPTIONS, seed=1)) for _ in range(WARM_RUNS)
        )
        figures["one_draw_seconds"] = min(
            _seconds(lambda: roi(snapshot, QUARTER, ASSUMPTIONS, seed=1, n_draws=1)) for _ in range(WARM_RUNS)
        )
        figures["scan_limit_seconds"] = min(
            _seconds(lambda: [snapshot.sql(query) for query in ROI]) for _ in range(WARM_RUNS)
        )
        facts = load_facts(snapshot, quarter_named(QUARTER), Config())
        figures.update(_draws(facts, n_draws=10_000))
    figures["ratio_to_scan_limit"] = figures["warm_seconds"] / figures["scan_limit_seconds"]
    return _with_memory(figures)


def report_step(directory: Path, size: str) -> Figures:
    """The whole report of the last quarter: money, trust, delivery, adoption, and the text of its files."""
    figures: Figures = {}
    settings, wish = load_config(_config(directory)), Wish(quarter_named(QUARTER))
    with Snapshot.open(directory / "warehouse" / "marts") as snapshot:
        with _timed(figures, "cold_seconds"):
            texts = preview(settings, snapshot, wish, NOW)
        with _timed(figures, "warm_seconds"):
            preview(settings, snapshot, wish, NOW)
    figures["files_mib"] = sum(map(len, texts.values())) / 2**20
    return _with_memory(figures)


def pages_step(directory: Path, size: str) -> Figures:
    """Every page in a browser, against the served application; `benchmarks.pages` says how."""
    # Playwright is no dependency of the other steps.
    from benchmarks.pages import CHROMIUM, LIMIT_SECONDS, flat, measure_pages

    if not CHROMIUM.exists():
        return {"left_out": f"there is no Chromium at {CHROMIUM}"}
    measured = measure_pages(_config(directory), directory / "warehouse" / "marts")
    return flat(measured, LIMIT_SECONDS[size])


def _config(directory: Path) -> Path:
    path = directory / "config.yaml"
    path.write_text(f"storage: {{directory: {(directory / 'warehouse').resolve()}}}\nsources: []\n")
    return path


def _draws(facts: Facts, n_draws: int) -> Figures:
    """All lines of one quarter over 10,000 draws, beside the bare drawing of as many PERT figures."""
    quarter = facts.of(quarter_named(QUARTER))
    figures = figures_of(quarter.quarter, ASSUMPTIONS, stated_by_inputs(quarter), [])
    model = QuarterModel(quarter, figures)
    drawn = Drawn(figures, 1, n_draws)
    model.terms(drawn)
    rng = np.random.default_rng(1)
    lines = min(_seconds(lambda: _evaluate(model, Drawn(figures, 1, n_draws))) for _ in range(WARM_RUNS))
    bare = min(_seconds(lambda: [rng.beta(2.0, 4.0, n_draws) for _ in drawn.used]) for _ in range(WARM_RUNS))
    return {"draws_seconds": lines, "bare_draws_seconds": bare, "ratio_to_bare_draws": lines / bare}


def _evaluate(model: QuarterModel, values: Drawn) -> None:
    for _, terms in model.terms(values):
        terms.amounts.sum(axis=0)


def _compute(snapshot: Snapshot, key: str) -> None:
    compute(key, snapshot, *WINDOW, by="team", period="month")


def _compute_all(snapshot: Snapshot) -> None:
    for key in FIVE_KEYS:
        _compute(snapshot, key)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _scan_seconds(con: duckdb.DuckDBPyConnection, queries: tuple[str, ...]) -> float:
    return _seconds(lambda: [con.execute(query).fetchall() for query in queries])


STEPS: dict[str, Callable[[Path, str], Figures]] = {
    "generate": generate_step,
    "load": load_step,
    "link": link_step,
    "prepare": prepare_step,
    "publish": publish_step,
    "keys": keys_step,
    "roi": roi_step,
    "report": report_step,
    "pages": pages_step,
}
