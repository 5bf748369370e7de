"""Goals: one at a time for a metric and a scope, and what the goal was at any date can be told."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from warehouse.engine import Warehouse
from warehouse.goals import Aim, Edit, Goals, scope_name, scope_parts

NAME = ("change_fail_rate", "team:money")


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC).replace(tzinfo=None)


def wanted(target: float) -> Aim:
    return Aim(target, "ratio", 1, date(2026, 12, 31), "money")


def set_to(target: float, edit_id: str, day: int) -> Edit:
    return Edit(edit_id, "set", *NAME, "finance", at(day), wanted(target))


def withdrawal(about: str, edit_id: str, day: int) -> Edit:
    return Edit(edit_id, "withdraw", *NAME, "finance", at(day), about=about, note="no longer wanted")


HISTORY = [set_to(0.2, "a", 1), set_to(0.1, "b", 5), withdrawal("b", "c", 9), set_to(0.3, "d", 12)]


@pytest.mark.parametrize(
    ("day", "target", "since"),
    [(1, 0.2, 1), (4, 0.2, 1), (5, 0.1, 1), (8, 0.1, 1), (9, None, None), (11, None, None), (12, 0.3, 12)],
)
def test_what_the_goal_was_at_any_date_can_be_told(day: int, target: float | None, since: int | None) -> None:
    """A change keeps the day since which there is a goal; a withdrawal ends it."""
    held = Goals().with_edits(HISTORY).held(at(day)).get(NAME)
    assert (held and held.entry.values.target) == target
    assert (held and held.since) == (since and at(since))


def test_before_the_first_decision_there_is_no_goal() -> None:
    assert Goals().with_edits(HISTORY).held(datetime(2026, 2, 28, tzinfo=UTC).replace(tzinfo=None)) == {}


def test_who_withdraws_a_version_that_was_replaced_meanwhile_does_not_end_the_new_one() -> None:
    goals = Goals().with_edits([set_to(0.2, "a", 1), set_to(0.1, "b", 5), withdrawal("a", "c", 5)])
    assert goals.held()[NAME].entry.values.target == 0.1


def test_the_writer_stores_what_readers_worked_out_and_an_edit_that_comes_twice_once(tmp_path: Path) -> None:
    edits = [Goals.edit_of(edit.payload()) for edit in HISTORY]
    with Warehouse.open(tmp_path, threads=1) as warehouse:
        assert Goals.append(warehouse.connection, edits) == 4
        assert Goals.append(warehouse.connection, edits) == 0
        stored = Goals.of(warehouse.connection.sql(Goals.select()).to_arrow_table())
    assert stored.held() == Goals().with_edits(HISTORY, is_pending=False).held()


def test_a_snapshot_from_before_there_were_goals_has_none(tmp_path: Path) -> None:
    with Warehouse.open(tmp_path, threads=1) as warehouse:
        warehouse.connection.execute("DROP TABLE goal_entries")
        assert Goals.published(lambda sql: warehouse.connection.sql(sql).to_arrow_table()) == Goals()


@pytest.mark.parametrize("name", ["*", "team:money", "service:a:b"])
def test_a_scope_reads_back_as_it_is_written(name: str) -> None:
    assert scope_name(*scope_parts(name)) == name


@pytest.mark.parametrize("name", ["", "money", "team:", "person:jo"])
def test_no_other_scope_can_have_a_goal(name: str) -> None:
    with pytest.raises(ValueError, match="is no scope"):
        scope_parts(name)
