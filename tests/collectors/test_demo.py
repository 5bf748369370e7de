"""The demo source: pages, cursors and coverage behave as those of any source."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Context, Page, Resource, pseudonymiser
from collectors.demo import source as demo
from collectors.errors import FatalError
from warehouse.records import BY_TABLE, arrow_schema

SMALL: dict[str, Any] = {"months": 8, "teams": 10, "services": 24}
MID_MONTH, LATER = date(2026, 3, 6), date(2026, 3, 27)
Row = dict[str, Any]


def resources(cache: Path, end_on: date = MID_MONTH, **config: Any) -> Sequence[Resource]:
    context = Context(
        now=datetime(end_on.year, end_on.month, end_on.day, 14, 30, tzinfo=UTC),
        cache_dir=cache,
        pseudonym=pseudonymiser(b"key of the tests"),
        is_production=lambda name: name == "production",
    )
    return demo.build("example", demo.Config(**(SMALL | config)), context).resources()


def collected(pages: Sequence[Page], into: dict[str, dict[tuple[Any, ...], Row]] | None = None) -> Any:
    """Rows by table and key, a later row in place of an earlier one, as the warehouse merges them."""
    rows = {} if into is None else into
    for page in pages:
        for table, batch in page.tables.items():
            for row in batch.to_pylist():
                key = tuple(row[name] for name in BY_TABLE[table].key)
                rows.setdefault(table, {})[key] = row
    return rows


def everything(cache: Path, end_on: date = MID_MONTH, **config: Any) -> Any:
    return collected([page for r in resources(cache, end_on, **config) for page in r.pages(None)])


def test_the_same_seed_and_end_make_the_same_rows_in_the_same_order(tmp_path: Path) -> None:
    first, second = resources(tmp_path / "a"), resources(tmp_path / "b")
    for one, other in zip(first, second, strict=True):
        for page, again in zip(one.pages(None), other.pages(None), strict=True):
            assert page == again


def test_another_seed_is_another_organisation(tmp_path: Path) -> None:
    assert (
        everything(tmp_path / "a", seed=1)["deployments"] != everything(tmp_path / "b", seed=2)["deployments"]
    )


def test_a_second_run_on_the_same_day_brings_no_page(tmp_path: Path) -> None:
    for resource in resources(tmp_path):
        last = list(resource.pages(None))[-1].cursor
        assert list(resource.pages(last)) == []


def test_a_run_on_a_later_day_leaves_what_a_fresh_run_of_that_day_finds(tmp_path: Path) -> None:
    rows: Any = {}
    for early, late in zip(resources(tmp_path), resources(tmp_path, LATER), strict=True):
        pages = list(early.pages(None))
        collected(pages, rows)
        collected(list(late.pages(pages[-1].cursor)), rows)
    assert rows == everything(tmp_path / "fresh", LATER)


def test_what_was_finished_before_the_end_never_changes_afterwards(tmp_path: Path) -> None:
    early, late = everything(tmp_path), everything(tmp_path, LATER)
    finished = [row for row in early["deployments"].values() if row["finished_at"] is not None]
    assert len(finished) > 1000
    assert all(late["deployments"][row["deployment_id"],] == row for row in finished)


def test_a_run_in_a_later_month_continues_the_world_that_was_begun(tmp_path: Path) -> None:
    # April's first run alone would begin a month later; the resource that never ran joins the old world.
    early = everything(tmp_path)
    changes = next(r for r in resources(tmp_path, date(2026, 4, 9)) if r.name == "changes")
    late = collected(list(changes.pages(None)))
    merged = [key for key, row in early["changes"].items() if row["merged_at"] is not None]
    assert all(late["changes"][key] == early["changes"][key] for key in merged)


def test_a_run_that_was_killed_goes_on_behind_its_last_page(tmp_path: Path) -> None:
    for resource in resources(tmp_path):
        pages = list(resource.pages(None))
        rest = list(resource.pages(pages[0].cursor))
        assert collected(pages[:1] + rest) == collected(pages)
        assert len(rest) == len(pages) - 1


def test_pages_of_one_run_never_repeat_a_row(tmp_path: Path) -> None:
    for resource in resources(tmp_path):
        pages = list(resource.pages(None))
        n_rows = sum(batch.num_rows for page in pages for batch in page.tables.values())
        assert n_rows == sum(len(table) for table in collected(pages).values())


def test_tables_have_exactly_the_columns_of_the_records(tmp_path: Path) -> None:
    for resource in resources(tmp_path):
        for page in resource.pages(None):
            for table, batch in page.tables.items():
                assert batch.schema.equals(arrow_schema(BY_TABLE[table]))
                batch.validate(full=True)
                required = [field.name for field in batch.schema if not field.nullable]
                assert all(batch[name].null_count == 0 for name in required), table


def test_another_configuration_on_the_same_warehouse_is_refused(tmp_path: Path) -> None:
    cursor = list(resources(tmp_path)[0].pages(None))[-1].cursor
    other = resources(tmp_path, LATER, seed=8)[0]
    with pytest.raises(FatalError, match=r"seed 7.*seed 8.*empty storage directory"):
        list(other.pages(cursor))


def test_coverage_reaches_to_the_end_without_a_hole_but_the_planted_one(
    tmp_path: Path,
) -> None:
    truth = demo.truth(demo.Config(**SMALL), end_on=MID_MONTH)
    spans: dict[tuple[str, str | None], list[tuple[datetime, datetime]]] = {}
    for resource in resources(tmp_path):
        for page in resource.pages(None):
            for c in page.coverage:
                spans.setdefault((c.resource, c.scope_id), []).append((c.from_at, c.to_at))
    end = datetime(2026, 3, 6, tzinfo=UTC)
    assert all(span[-1][1] == end for span in spans.values())
    holes = {scope for (_, scope), span in spans.items() if any(a[1] != b[0] for a, b in pairwise(span))}
    assert holes == set(truth.with_deployment_gap)
    covered = {scope for resource, scope in spans if resource == "incidents"}
    assert covered.isdisjoint(truth.without_incident_coverage)
    assert {scope for resource, scope in spans if resource == "deployments"} - covered == set(
        truth.without_incident_coverage
    )


def test_the_preview_shows_what_counts_as_production_and_what_does_not(tmp_path: Path) -> None:
    context = Context(datetime(2026, 3, 6, tzinfo=UTC), tmp_path, str, lambda name: name == "production")
    preview = demo.build("example", demo.Config(**SMALL), context).preview()
    assert all(finding.ok for finding in preview.findings)
    assert preview.counted["production deployments"][0].startswith("production, success: ")
    left_out = preview.not_counted["production deployments"]
    assert any(
        line.startswith("staging, success: ") and "not configured as production" in line for line in left_out
    )
    assert all(f"tickets of type {name}" in preview.counted for name in ("request", "how_to", "incident"))
    assert preview.counted["failures"]
    assert preview.counted["incidents"]


def test_nobody_is_named_only_pseudonyms_appear(tmp_path: Path) -> None:
    rows = everything(tmp_path)
    people = {row["person"] for row in rows["team_members"].values()}
    authors = {row["author"] for row in rows["changes"].values()}
    assert all(len(person) == 16 and int(person, 16) >= 0 for person in people | authors)


def test_a_world_without_an_end_is_an_error_that_says_what_to_set() -> None:
    with pytest.raises(ValueError, match="set end_on"):
        demo.truth(demo.Config())
