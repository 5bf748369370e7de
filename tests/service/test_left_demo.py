"""A demo world and what becomes of it once it is no source any more."""

from datetime import UTC, datetime
from pathlib import Path

from service.configuration.config import load_config
from service.running.pipeline import collect_and_publish
from service.storage.snapshots import open_snapshot
from tests.service.folders import write_config, write_files

NOW = datetime(2025, 12, 1, tzinfo=UTC)
DEMO = "sources: [{name: demo, kind: demo, months: 3, teams: 8, services: 12}]\n"
REAL = "sources: [{name: exports, kind: files, path: exports}]\n"
TEAMS = "team_id,name\nred,Red\n"


def _collected(folder: Path, text: str) -> tuple[set[str], bool, set[str]]:
    """Teams of the snapshot, whether it is simulated, and the figures that its ledger holds."""
    write_config(folder, text)
    settings = load_config(folder / "config.yaml")
    collect_and_publish(settings, clock=lambda: NOW)
    with open_snapshot(settings) as snapshot:
        teams = set(snapshot.sql("SELECT team_id FROM teams").column("team_id").to_pylist())
        held = snapshot.sql(
            "SELECT key FROM ledger_entries QUALIFY state = 'approved' AND "
            "row_number() OVER (PARTITION BY key ORDER BY sequence DESC) = 1"
        )
        return teams, bool(snapshot.settings["is_demo"]), set(held.column("key").to_pylist())


def test_invented_rows_and_figures_go_when_real_sources_take_their_place(tmp_path: Path) -> None:
    write_files(tmp_path / "exports", teams=TEAMS)
    teams, is_simulated, figures = _collected(tmp_path, DEMO)
    assert len(teams) == 8
    assert is_simulated
    assert "downtime_cost_per_hour" in figures
    assert _collected(tmp_path, REAL) == ({"red"}, False, set())


def test_a_figure_that_the_file_states_is_not_invented_over(tmp_path: Path) -> None:
    own = (
        "assumptions: [{key: initiatives, likely: 4, source: plan, owner: finance, valid_from: 2025-01-01}]\n"
    )
    write_config(tmp_path, DEMO + own)
    settings = load_config(tmp_path / "config.yaml")
    collect_and_publish(settings, clock=lambda: NOW)
    with open_snapshot(settings) as snapshot:
        rows = snapshot.sql("SELECT source FROM ledger_entries WHERE key = 'initiatives'").to_pylist()
    assert [row["source"] for row in rows] == ["plan"]
