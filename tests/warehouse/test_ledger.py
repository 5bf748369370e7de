"""The assumption ledger: versions are appended, the last decision holds, and edits apply once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.engine import Warehouse
from warehouse.ledger import Edit, Entry, Ledger, Values

RATE = Values(80, 100, 120, "EUR per hour", "payroll 2026", "finance", date(2026, 1, 1))
AUTUMN = date(2026, 10, 1)
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC).replace(tzinfo=None)


def edit(edit_id: str, decision: str = "edit", values: Values | None = RATE, about: str = "") -> Edit:
    """A decision about the hourly rate."""
    chosen = values if not about else None
    return Edit(edit_id, decision, "hourly_rate", "*", "finance", AT, chosen, about or None, "new contract")  # type: ignore[arg-type]


def holding(edits: Sequence[Edit], day: date = AUTUMN) -> float | None:
    """The likely rate that holds on a day."""
    entry = Ledger().with_edits(edits).in_force(day).get(("hourly_rate", "*"))
    return entry.values.likely if entry else None


def rate(likely: float, since: date = date(2026, 1, 1)) -> Values:
    return replace(RATE, likely=likely, valid_from=since)


def test_a_proposal_holds_once_it_is_approved() -> None:
    proposal = edit("a", "propose")
    assert holding([proposal]) is None
    assert holding([proposal, edit("b", "approve", about="a")]) == 100


def test_a_rejected_version_gives_way_to_the_one_before() -> None:
    edits = [edit("a"), edit("b", values=rate(110)), edit("c", "reject", about="b")]
    assert holding(edits[:2]) == 110
    assert holding(edits) == 100


def test_approving_an_older_version_again_brings_it_back() -> None:
    assert holding([edit("a"), edit("b", values=rate(110)), edit("c", "approve", about="a")]) == 100


def test_of_valid_versions_the_latest_valid_from_holds_even_if_it_was_approved_earlier() -> None:
    edits = [edit("a", values=rate(110, since=date(2026, 7, 1))), edit("b", values=rate(90))]
    assert holding(edits, date(2026, 6, 30)) == 90
    assert holding(edits, date(2026, 7, 1)) == 110
    assert holding(edits, date(2025, 12, 31)) is None


def test_a_decision_about_a_version_that_is_not_there_changes_nothing() -> None:
    assert Ledger().with_edits([edit("b", "approve", about="a")]) == Ledger()


def test_versions_are_numbered_by_key_and_scope() -> None:
    other = replace(edit("c"), scope_id="payments")
    ledger = Ledger().with_edits([edit("a"), edit("b", "propose"), other, edit("d", "reject", about="b")])
    assert [(e.version, e.state) for e in ledger.versions("hourly_rate")] == [
        (1, "approved"),
        (2, "rejected"),
    ]
    assert [e.version for e in ledger.versions("hourly_rate", "payments")] == [1]


@pytest.fixture
def warehouse(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Warehouse.open(tmp_path, threads=1) as opened:
        yield opened


def stored(warehouse: Warehouse) -> Ledger:
    return Ledger.of(warehouse.connection.sql(Ledger.select()).to_arrow_table())


def test_what_is_stored_is_what_readers_worked_out_while_it_was_pending(warehouse: Warehouse) -> None:
    edits = [edit("a", "propose"), edit("b", "approve", about="a"), edit("c", values=rate(110))]
    assert Ledger.append(warehouse.connection, edits) == 3
    pending = Ledger().with_edits(edits)
    assert all(entry.is_pending for entry in pending.entries)
    assert stored(warehouse).entries == tuple(replace(e, is_pending=False) for e in pending.entries)


def test_an_edit_that_comes_twice_is_stored_once(warehouse: Warehouse) -> None:
    assert Ledger.append(warehouse.connection, [edit("a"), edit("a")]) == 1
    assert Ledger.append(warehouse.connection, [edit("a"), edit("b")]) == 1
    assert [entry.version for entry in stored(warehouse).entries] == [1, 2]


def test_an_edit_survives_its_way_through_json() -> None:
    for one in (edit("a"), edit("b", "approve", about="a")):
        assert Ledger.edit_of(one.payload()) == one


EDITS = st.lists(
    st.tuples(st.sampled_from(["propose", "edit", "approve", "reject"]), st.integers(0, 5)), max_size=8
)


@given(EDITS, st.integers(0, 8))
def test_entries_are_only_ever_appended(steps: list[tuple[str, int]], cut: int) -> None:
    edits = [
        edit(str(i), decision, about="" if decision in ("propose", "edit") else str(about % (i + 1)))
        for i, (decision, about) in enumerate(steps)
    ]
    before, after = Ledger().with_edits(edits[:cut]), Ledger().with_edits(edits)
    assert after.entries[: len(before.entries)] == before.entries
    assert before.with_edits(edits) == after
    numbers = [e.version for e in after.versions("hourly_rate")]
    assert numbers == list(range(1, len(numbers) + 1))
    held = after.in_force(AUTUMN).get(("hourly_rate", "*"))
    assert held is None or _last(after, held).state == "approved"


def _last(ledger: Ledger, held: Entry) -> Entry:
    return next(e for e in ledger.versions("hourly_rate") if e.version == held.version)
