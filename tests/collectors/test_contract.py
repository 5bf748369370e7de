"""What every HTTP source must do, for every folder of ``fixtures/``; a new kind needs no test of its own."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.base import Discovering, Replayable
from collectors.errors import RetryableError
from collectors.rest import RestResource
from tests.collectors.contract import FIXTURES, LATER, NOW, Store, World, place_of, world_of
from tests.collectors.fake_api import Fault, cut_off, edited, failing, reset, too_many, touch
from warehouse.records import BY_TABLE, Record, to_tables

KINDS = sorted(folder for folder in FIXTURES.iterdir() if (folder / "api.json").exists())


@pytest.fixture(params=KINDS, ids=lambda folder: folder.name)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return world_of(request.param, tmp_path, monkeypatch)


@pytest.fixture
def renewed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    """The same world as if nobody had asked it anything."""
    return lambda: world_of(world.folder, tmp_path, monkeypatch)


def collected(world: World) -> Store:
    store = Store()
    world.collect(store)
    return store


def replayed(world: World, store: Store) -> list[Record]:
    """The records of every kept body, parsed again."""
    source = world.source()
    kept = {scope_id for _, scope_id, _ in store.raw}
    found = (
        [resource for scope_id in kept for resource in source.resources_of(scope_id)]
        if isinstance(source, Discovering)
        else source.resources()
    )
    resources = {place_of(resource): resource for resource in found}
    records: list[Record] = []
    for (name, scope_id, _), body in store.raw.items():
        resource = resources[name, scope_id]
        assert isinstance(resource, Replayable)
        records += resource.parse_raw(body)
    return records


def test_every_list_is_read_to_its_end(world: World) -> None:
    store = collected(world)
    assert store.known() == world.expected()
    assert not store.skipped
    assert not store.errors
    assert store.requests == len(world.api.seen) - world.discovery


def test_kept_bodies_give_the_same_rows_without_the_network(world: World) -> None:
    store, again = collected(world), Store()
    before = len(world.api.seen)
    for table, rows in to_tables(replayed(world, store)).items():
        found = {tuple(row[key] for key in BY_TABLE[table].key): row for row in rows.to_pylist()}
        again.rows[table] = found
    assert again.rows == store.rows
    assert replayed(world, store) == replayed(world, store)
    assert len(world.api.seen) == before


def test_times_have_a_zone_and_no_two_items_share_an_id(world: World) -> None:
    records = replayed(world, collected(world))
    times = [value for record in records for value in _values(record) if isinstance(value, datetime)]
    assert times
    assert all(time.tzinfo is not None for time in times)
    rows: dict[tuple[Any, ...], Record] = {}
    for record in records:
        key = (record.table, *(getattr(record, name) for name in record.key))
        assert rows.setdefault(key, record) == record


def test_a_second_run_changes_nothing_and_asks_once_per_list_and_open_item(world: World) -> None:
    store = collected(world)
    before, covered = store.known(), len(store.coverage)
    cursors = [json.loads(text) for text in store.cursors.values()]
    assert all(cursor["pass"] is None for cursor in cursors)
    found = [r for r in world.source().resources() if isinstance(r, RestResource)]
    incremental = [r for r in found if r.edited]
    open_items = {place: len(json.loads(text)["unfinished"]) for place, text in store.cursors.items()}
    n_open = sum(open_items.values())
    # What an open item lacks is asked for again with it.
    most = sum((1 + len(r.details)) * open_items[place_of(r)] for r in incremental)
    start = len(world.api.seen)
    for resource in incremental:
        for page in resource.pages(json.loads(store.cursors[place_of(resource)])):
            store.put(place_of(resource), page)
    assert len(incremental) + n_open <= len(world.api.seen) - start <= len(incremental) + most
    assert store.known() == before
    assert len(store.coverage) == covered  # the clock did not move


def test_coverage_begins_where_asked_and_goes_on_without_a_gap(world: World) -> None:
    store = collected(world)
    first = {(c.resource, c.scope_id): c for c in store.coverage}
    world.collect(store, LATER)
    second = {(c.resource, c.scope_id): c for c in store.coverage}
    assert first
    assert first.keys() == second.keys()
    for key, interval in first.items():
        assert interval.from_at < interval.to_at == NOW == second[key].from_at
        assert second[key].to_at == LATER


def test_an_old_item_that_was_edited_is_picked_up(world: World) -> None:
    store = collected(world)
    for entry in _ordered(world):
        touch(_oldest(entry), entry["order"], "2026-03-01T12:00:00Z")
    bodies = dict(store.raw)
    world.collect(store, LATER)
    changed = [key for key in store.raw if store.raw[key].body != bodies[key].body]
    assert len(changed) == len(_ordered(world))


def test_an_item_that_moves_to_a_page_already_read_is_not_lost(world: World) -> None:
    for entry in _ordered(world):
        moved = _oldest(entry)

        def move(number: int, entry: dict[str, Any] = entry, moved: dict[str, Any] = moved) -> None:
            if any(seen.url.path == entry["path"] for seen in world.api.seen[:-1]):
                touch(moved, entry["order"], "2026-02-28T23:59:59Z")

        world.api.before = move
        store = collected(world)
        assert store.known() == world.expected(), entry["path"]


@pytest.mark.parametrize("fault", [too_many(), failing(500), failing(503), cut_off, reset])
def test_a_fault_at_any_request_is_overcome(world: World, fault: Fault, renewed: Callable[[], World]) -> None:
    n_requests = world.collect(Store())
    for number in range(1, n_requests + 1):
        again = renewed()
        again.api.faults = {number: fault}
        store = collected(again)
        assert store.known() == world.expected()
        assert not store.errors
        assert len(again.slept) == 1


def test_a_limit_is_waited_for_as_long_as_it_says(world: World) -> None:
    world.api.faults = {1: too_many("7"), 2: too_many("Sun, 01 Mar 2026 00:00:30 GMT")}
    collected(world)
    assert world.slept == [7.0, 30.0]  # the clock stands at midnight


def test_a_list_that_stays_broken_fails_alone_and_keeps_its_place(world: World) -> None:
    path = world.api.lists[0]["path"]

    class Broken(dict[int, Fault]):
        def __contains__(self, number: object) -> bool:
            paths = [request.url.path for request in world.api.seen]
            return paths[-1] == path and paths.count(path) > 1

        def __getitem__(self, number: int) -> Fault:
            return failing(502)

    world.api.faults = Broken()
    store = collected(world)
    assert [type(error) for error in store.errors.values()] == [RetryableError]
    broken = next(iter(store.errors))
    assert json.loads(store.cursors[broken])["since"] is None
    assert broken[0] not in {interval.resource for interval in store.coverage}
    assert all(place_of(r) in store.cursors for r in world.source().resources() if not _is_absent(world, r))
    world.api.faults = {}
    store.errors.clear()
    world.collect(store)
    assert store.known() == world.expected()


def test_one_item_that_cannot_be_read_is_kept_and_counted(world: World) -> None:
    for entry in world.api.lists:
        odd = {entry["key"]: "odd"}
        touch(odd, entry.get("order", "at"), "2026-02-15T00:00:00Z")
        entry["all"].append(odd)
        entry["all"].append("no item at all")
    store = collected(world)
    assert store.known() == world.expected()
    assert len(store.skipped) == 2 * len(world.api.lists)
    assert all(place in store.raw for place in store.skipped)


def test_a_run_that_is_killed_goes_on_behind_its_last_page(
    world: World, renewed: Callable[[], World]
) -> None:
    whole = world.collect(Store())
    n_pages = len(list(_all_pages(renewed())))
    for k in range(1, n_pages):
        again, store = renewed(), Store()
        spent = again.collect(store, pages=k)
        spent += again.collect(store)
        assert store.known() == world.expected(), f"killed after page {k}"
        # Complete lists are asked once more, as by any later run; no page of the broken one is read twice.
        assert spent <= whole + _cost_of_a_second_run(renewed)


def test_no_secret_and_no_person_turns_up_anywhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.api.faults = {2: failing(500), 4: cut_off}
    with caplog.at_level(logging.DEBUG):
        store = collected(world)
    world.api.authorization = "Bearer another"
    refused = Store()
    world.collect(refused)
    assert refused.errors
    texts = [caplog.text, repr(store), repr(refused), str(refused.errors), repr(world.source())]
    texts += [body.body.decode() for body in store.raw.values()]
    assert "fetched=" in caplog.text
    assert "?" not in caplog.text
    assert [word for word in world.seeded for text in texts if word in text] == []


def test_the_preview_reads_every_list_once_and_shows_what_would_count(world: World) -> None:
    preview = world.source().preview()
    texts = [finding.text for finding in preview.findings]
    assert all(finding.ok for finding in preview.findings), texts
    assert preview.counted
    for resource in world.source().resources():
        name = resource.name.replace("_", " ")
        assert any(text.startswith(f"{name}: can be read") for text in texts), (name, texts)
    assert any("requests left" in text for text in texts)
    lines = [*texts, *preview.unread, *map(str, preview.counted.values()), *map(str, preview.not_counted)]
    assert [word for word in world.seeded for line in lines if word in line] == []


def test_the_preview_names_the_right_that_is_missing_for_a_list(world: World) -> None:
    path = world.api.lists[0]["path"]

    class Forbidden(dict[int, Fault]):
        def __contains__(self, number: object) -> bool:
            return world.api.seen[-1].url.path == path

        def __getitem__(self, number: int) -> Fault:
            return failing(403)

    world.api.faults = Forbidden()
    bad = [finding.text for finding in world.source().preview().findings if not finding.ok]
    assert bad
    assert all("lacks a right: it needs" in text for text in bad), bad


def test_the_preview_says_that_a_token_is_refused_and_asks_no_further(world: World) -> None:
    world.api.authorization = "Bearer another"
    findings = world.source().preview().findings
    assert [finding.ok for finding in findings] == [False]
    assert "401" in findings[0].text
    assert "the token in ${A_TOKEN}" in findings[0].text
    assert len(world.api.seen) == 1


def _values(record: Record) -> list[Any]:
    return [getattr(record, name) for name in record.__dataclass_fields__]  # type: ignore[attr-defined]


def _ordered(world: World) -> list[dict[str, Any]]:
    return [entry for entry in world.api.lists if "order" in entry]


def _oldest(entry: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = min(entry["all"], key=lambda item: edited(item, entry["order"]))
    return item


def _is_absent(world: World, resource: Any) -> bool:
    path = getattr(resource, "path", "")
    return all(not entry["path"].endswith(path) for entry in world.api.lists)


def _all_pages(world: World) -> Any:
    for resource in world.source().resources():
        yield from resource.pages(None)


def _cost_of_a_second_run(renewed: Callable[[], World]) -> int:
    world, store = renewed(), Store()
    world.collect(store)
    return world.collect(store)
