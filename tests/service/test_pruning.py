"""`payoff prune`: what is older than it is kept goes, nothing else does, and no figure changes."""

import io
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import duckdb
import pandas as pd
import pytest
from typer.testing import Result

from collectors.base import RawBody, Skipped
from service.configuration.config import Settings, load_config
from service.configuration.errors import ConfigError
from service.running.pruning import prune
from service.serving.scheduler import Scheduler
from tests.collectors.webhooks.senders import SECRET
from tests.service.command import Payoff, text_of
from tests.service.folders import write_config
from warehouse.engine import FILE, Warehouse
from warehouse.journal import finish_run, start_run
from warehouse.load import load_page
from warehouse.sizes import stored_sizes
from warehouse.snapshot import Snapshot
from warehouse.spool import Event, Spool

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
CONFIG = """\
sources:
  - {name: pager, kind: files, path: a, keep_raw_days: 30}
  - {name: tickets, kind: files, path: b}
  - {name: own, kind: webhook, format: json, secret: "${SECRET}"}
"""


def at(days_ago: float) -> datetime:
    return NOW - timedelta(days=days_ago)


def opened(folder: Path, days_ago: float = 0) -> Warehouse:
    return Warehouse.open(folder / "data", clock=lambda: at(days_ago))


def body(key: str, days_ago: float, size: int = 20) -> RawBody:
    return RawBody(key, Random(key).randbytes(size), at(days_ago))


def store(folder: Path, source: str, *days_ago: float) -> None:
    """A raw body and an unread item of each age."""
    for days in days_ago:
        with opened(folder, days) as warehouse:
            skipped = [Skipped(f"bad {days}", "no date")]
            raw = [body(f"{days}", days)]
            load_page(warehouse, source, "list", "*", tables={}, raw=raw, skipped=skipped)


def left(folder: Path, query: str) -> list[object]:
    with duckdb.connect(str(folder / "data" / FILE), read_only=True) as con:
        return [value for (value,) in con.execute(query).fetchall()]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SECRET", SECRET)
    return load_config(write_config(tmp_path, CONFIG))


def pruned(settings: Settings, *, dry_run: bool = False) -> dict[tuple[str, str], int]:
    """Rows that went, by table and source."""
    found = prune(settings, dry_run=dry_run, clock=lambda: NOW)
    return {(row.table, row.source): row.n_rows for row in found.rows}


def test_bodies_and_unread_items_go_by_the_age_of_their_source(settings: Settings, tmp_path: Path) -> None:
    for source in ("pager", "tickets", "own", "gone"):
        store(tmp_path, source, 29, 31, 399, 401)
    expected = {("pager", 3), ("tickets", 1), ("gone", 1)}  # of a sender nothing goes
    expected_rows = {(table, name): n for name, n in expected for table in ("raw_bodies", "skipped_items")}
    assert pruned(settings, dry_run=True) == expected_rows
    assert len(left(tmp_path, "SELECT key FROM raw_bodies")) == 16
    assert pruned(settings) == expected_rows
    assert left(tmp_path, "SELECT key FROM raw_bodies WHERE source = 'pager'") == ["29"]
    assert left(tmp_path, "SELECT item FROM skipped_items WHERE source = 'pager'") == ["bad 29"]
    assert len(left(tmp_path, "SELECT key FROM raw_bodies WHERE source = 'own'")) == 4
    assert pruned(settings) == {}


def test_age_itself_is_kept_and_anything_older_goes(settings: Settings, tmp_path: Path) -> None:
    store(tmp_path, "pager", 30, 30.00001)
    pruned(settings)
    assert left(tmp_path, "SELECT key FROM raw_bodies") == ["30"]


def test_last_run_and_last_success_of_a_job_stay(settings: Settings, tmp_path: Path) -> None:
    for days, status in ((900, "success"), (800, "success"), (700, "failure"), (600, "failure")):
        with opened(tmp_path, days) as warehouse:
            finish_run(warehouse, start_run(warehouse, "collect", "pager"), status)  # type: ignore[arg-type]
    assert pruned(settings) == {("job_runs", ""): 2}
    assert left(tmp_path, "SELECT status FROM job_runs ORDER BY started_at") == ["success", "failure"]
    started = left(tmp_path, "SELECT started_at FROM job_runs ORDER BY started_at")
    assert started == [at(800).replace(tzinfo=None), at(600).replace(tzinfo=None)]


def test_results_of_checks_stay_while_their_snapshot_does(settings: Settings, tmp_path: Path) -> None:
    with opened(tmp_path) as warehouse, warehouse.transaction() as con:
        for version, days in ((1, 900), (2, 800), (3, 1)):
            result = [version, "check", "warn", "text", 0, "[]", at(days).replace(tzinfo=None)]
            con.execute("INSERT INTO check_results VALUES (?, ?, ?, ?, ?, ?, ?)", result)
        con.execute("INSERT INTO snapshots VALUES (1, 'marts-000001.duckdb', $at, $at)", {"at": at(900)})
    assert pruned(settings) == {("check_results", ""): 1}
    assert left(tmp_path, "SELECT version FROM check_results ORDER BY 1") == [1, 3]


def test_applied_deliveries_leave_the_spool_and_what_people_did_stays(
    settings: Settings, tmp_path: Path
) -> None:
    for days, kind in (
        (500, "webhook"),
        (450, "webhook"),
        (430, "ledger"),
        (10, "webhook"),
        (420, "webhook"),
    ):
        Spool(tmp_path / "data", clock=lambda days=days: at(days)).append(kind, "{}")  # type: ignore[misc]

    def apply(warehouse: Warehouse, events: list[Event]) -> None:
        pass

    with opened(tmp_path) as warehouse:
        refused = [Skipped("event 2", "no such source")]
        load_page(warehouse, "spool", "webhook", "*", tables={}, skipped=refused)
        spool = Spool(tmp_path / "data")
        spool.drain(warehouse, apply, batch_size=4)  # type: ignore[arg-type]
        waiting = Spool(tmp_path / "data", clock=lambda: at(410)).append("webhook", "{}")
    assert pruned(settings) == {("spool", "webhook"): 2}
    # 2 was refused and is tried again by a replay, 3 is what people did, 4 is young, 6 was not applied yet.
    assert [event.id for event in Spool(tmp_path / "data").events()] == [2, 3, 4, waiting]
    assert Spool(tmp_path / "data").append("webhook", "{}") == waiting + 1


def test_room_is_given_back_and_told_before(
    settings: Settings, tmp_path: Path, payoff: Payoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4,000 bodies of 2,000 bytes that nothing can make smaller: 8 MB, of which three quarters are old."""
    monkeypatch.setattr("service.cli.utc_now", lambda: NOW)
    with opened(tmp_path) as warehouse:
        raw = [body(f"{n}", 1 if n % 4 == 0 else 500, 2000) for n in range(4000)]
        load_page(warehouse, "pager", "list", "*", tables={}, raw=raw)
    before = (tmp_path / "data" / FILE).stat().st_size
    result = payoff("prune", "--dry-run")
    assert row_of(result, "raw_bodies") == ("pager", 30, 3000, pytest.approx(6e6, rel=0.01))
    assert "would be given back" in text_of(result)
    assert "pager: 4,000 rows" in text_of(result)
    assert (tmp_path / "data" / FILE).stat().st_size == before
    assert payoff("prune").exit_code == 0
    assert (tmp_path / "data" / FILE).stat().st_size < before / 2
    assert left(tmp_path, "SELECT count(*) FROM raw_bodies") == [1000]


def row_of(result: Result, what: str) -> tuple[object, ...]:
    table = pd.read_csv(io.BytesIO(result.stdout_bytes)).set_index("what")
    return tuple(table.loc[what].to_list())


def test_the_newest_copies_from_before_upgrades_stay(settings: Settings, tmp_path: Path) -> None:
    opened(tmp_path).close()
    names = [f"warehouse-v000{n}-2026010{n}T000000Z.duckdb" for n in range(1, 5)]
    for name in names:
        (tmp_path / "data" / name).write_bytes(b"copy")
    prune(settings, dry_run=True, clock=lambda: NOW)
    assert sorted(path.name for path in (tmp_path / "data").glob("warehouse-v*")) == names
    prune(settings, dry_run=False, clock=lambda: NOW)
    assert sorted(path.name for path in (tmp_path / "data").glob("warehouse-v*")) == names[2:]


def test_figures_stay_as_they_are(files: Path, payoff: Payoff) -> None:
    assert payoff("collect").exit_code == 0
    asked = ("metrics", "deployment_frequency", "--start", "2025-01-01", "--end", "2025-02-01")
    before = payoff(*asked).stdout
    assert payoff("prune").exit_code == 0
    assert payoff("collect").exit_code == 0
    assert payoff(*asked).stdout == before


def test_readers_and_doctor_see_what_each_source_takes(files: Path, payoff: Payoff) -> None:
    assert payoff("collect").exit_code == 0
    with Snapshot.open(files.parent / "data" / "marts") as snapshot:
        sizes = {(size.source, size.table): size for size in stored_sizes(snapshot)}
    assert sizes["exports", "deployments"].n_rows == 6
    assert sizes["exports", "deployments"].n_bytes > 0
    result = payoff("doctor")
    assert re.search(r"exports: \d+ rows, \d+\.\d MB", text_of(result))


def test_every_night_it_goes_by_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = load_config(write_config(tmp_path, "sources: [{name: manual, kind: demo}]\n"))
    store(tmp_path, "gone", 401, 399)
    scheduler = Scheduler(settings, lambda: NOW)
    with caplog.at_level("INFO"):
        scheduler.start()
        night = scheduler._scheduler.get_job("prune")
        assert (night.next_run_time.hour, night.next_run_time.minute) == (3, 30)
        night.modify(next_run_time=datetime.now(UTC))
        deadline = time.monotonic() + 120
        while "job='prune' rows=2" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        scheduler.stop()
    assert left(tmp_path, "SELECT key FROM raw_bodies") == ["399"]


def test_sender_keeps_its_deliveries_for_six_weeks_at_least(tmp_path: Path) -> None:
    text = CONFIG.replace("kind: webhook,", "kind: webhook, keep_raw_days: 41,")
    with pytest.raises(ConfigError, match=r"sources\[2\]\.keep_raw_days: .*42"):
        load_config(write_config(tmp_path, text), {"SECRET": SECRET})
