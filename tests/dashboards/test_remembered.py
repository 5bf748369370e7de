"""What pages have asked is remembered with its snapshot, and no reader changes what another one reads."""

import gc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from weakref import ref

import pandas as pd
import pytest

from dashboards.page.data import Facts
from metrics.remembered import memory_of
from metrics.scope import Filter
from warehouse.snapshot import Snapshot

START, END = date(2025, 9, 1), date(2025, 12, 1)
NAME = "change_lead_time"


@pytest.fixture
def snapshot(small_organisation: Path) -> Iterator[Snapshot]:
    with Snapshot.open(small_organisation) as opened:
        yield opened


def test_what_was_asked_once_is_not_asked_again(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = Facts(snapshot)
    first = facts.figures(NAME, START, END, by="team", where=Filter(teams=("pay",)))
    monkeypatch.setattr(Snapshot, "sql", None)
    again = facts.figures(NAME, START, END, by="team", where=Filter(teams=("pay",)))
    pd.testing.assert_frame_equal(first, again)


def test_each_part_of_a_question_tells_it_apart(snapshot: Snapshot) -> None:
    facts = Facts(snapshot)
    of_all = facts.figures(NAME, START, END)
    others = [
        facts.figures("change_fail_rate", START, END),
        facts.figures(NAME, START, date(2025, 11, 1)),
        facts.figures(NAME, START, END, by="team"),
        facts.figures(NAME, START, END, period="month"),
        facts.figures(NAME, START, END, where=Filter(tiers=("1",))),
        facts.figures(NAME, START, END, minimum_n=100_000),
    ]
    assert not any(other.equals(of_all) for other in others)


def test_a_list_among_the_parameters_of_a_query_is_part_of_the_question(snapshot: Snapshot) -> None:
    facts = Facts(snapshot)
    sql = "SELECT count(*) AS n FROM service_map WHERE list_contains($ids, service_id)"
    ids = list(facts.rows("SELECT DISTINCT service_id FROM service_map")["service_id"])
    assert [facts.rows(sql, {"ids": ids[:n]})["n"].iloc[0] > 0 for n in (0, 1)] == [False, True]


def test_what_a_reader_changes_in_a_frame_no_other_reader_sees(snapshot: Snapshot) -> None:
    facts = Facts(snapshot)
    before = facts.figures(NAME, START, END, by="team").copy(deep=True)
    mine = facts.figures(NAME, START, END, by="team")
    mine.loc[:, "value"] = -1.0
    mine["scope_id"] = "mine"
    mine.pop("low")
    mine.columns = [f"my_{name}" for name in mine.columns]
    pd.testing.assert_frame_equal(facts.figures(NAME, START, END, by="team"), before)


def test_the_services_of_a_spread_are_the_readers_own_too(snapshot: Snapshot) -> None:
    facts = Facts(snapshot)
    before = facts.spread(NAME, START, END).services.copy(deep=True)
    mine = facts.spread(NAME, START, END).services
    mine["value"] = 0.0
    pd.testing.assert_frame_equal(facts.spread(NAME, START, END).services, before)


def test_a_snapshot_that_nobody_reads_any_more_is_let_go_with_its_answers(small_organisation: Path) -> None:
    snapshot = Snapshot.open(small_organisation)
    facts = Facts(snapshot)
    facts.figures(NAME, START, END)
    facts.rows("SELECT 1 AS one")
    facts.roles(NAME, START, END, by="organisation", scope_id="organisation", where=Filter())
    memory, gone = ref(memory_of(snapshot)), ref(snapshot)
    snapshot.close()
    del snapshot, facts
    gc.collect()
    assert gone() is None
    assert memory() is None
