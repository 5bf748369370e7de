"""What the contract tests run a source with: a fixture folder, an API that is not there, and a store."""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partialmethod
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from collectors import registry
from collectors.base import Context, Page, RawBody, Resource, Source, pseudonymiser
from collectors.errors import CollectorError
from collectors.http import Client
from tests.collectors.fake_api import FakeApi
from warehouse.records import BY_TABLE, Coverage

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)
_MAKE_CLIENT = Client.__init__
Place = tuple[str, str]
Row = dict[str, Any]


@dataclass
class Store:
    """What the warehouse does with pages, as dictionaries."""

    rows: dict[str, dict[tuple[Any, ...], Row]] = field(default_factory=dict)
    cursors: dict[Place, str] = field(default_factory=dict)
    raw: dict[tuple[str, str, str], RawBody] = field(default_factory=dict)
    skipped: dict[tuple[str, str, str], str] = field(default_factory=dict)
    coverage: list[Coverage] = field(default_factory=list)
    errors: dict[Place, CollectorError] = field(default_factory=dict)
    requests: int = 0

    def put(self, place: Place, page: Page) -> None:
        for name, table in page.tables.items():
            for row in table.to_pylist():
                self.rows.setdefault(name, {})[tuple(row[key] for key in BY_TABLE[name].key)] = row
        if page.cursor is not None:
            self.cursors[place] = json.dumps(page.cursor)
        self.raw |= {(*place, body.key): body for body in page.raw}
        self.skipped |= {(*place, item.item): item.reason for item in page.skipped}
        self.coverage += page.coverage
        self.requests += page.requests

    def known(self) -> dict[str, list[Row]]:
        """The rows by table in the order of their keys, without what is unknown, times as text."""
        return {name: [_known(rows[key]) for key in sorted(rows)] for name, rows in sorted(self.rows.items())}


@dataclass
class World:
    """One kind of source beside its fake API; ``slept`` are the waits nobody waited.

    ``discovery`` counts the requests of the last run that found the scopes: they belong to no list.
    """

    folder: Path
    api: FakeApi
    cache: Path
    slept: list[float] = field(default_factory=list)
    discovery: int = 0

    @property
    def kind(self) -> str:
        return self.folder.name

    @property
    def seeded(self) -> list[str]:
        """Secrets, names and addresses that must turn up nowhere."""
        seeded: list[str] = json.loads((self.folder / "api.json").read_text())["seeded"]
        return seeded

    def expected(self) -> dict[str, list[Row]]:
        rows: dict[str, list[Row]] = json.loads((self.folder / "expected.json").read_text())
        keyed = {name: sorted(found, key=lambda row: _key(name, row)) for name, found in rows.items()}
        return dict(sorted(keyed.items()))

    def source(self, now: datetime = NOW) -> Source:
        stanza = yaml.safe_load((self.folder / "stanza.yaml").read_text())
        name, kind = stanza.pop("name"), stanza.pop("kind")
        config = registry.config_class(kind)(**stanza)
        context = Context(
            now,
            self.cache,
            pseudonymiser(b"a test key"),
            lambda name: name == "production",
            self.slept.append,
            {"token": "A_TOKEN"},
        )
        return registry.build(name, kind, config, context)

    def collect(self, store: Store, now: datetime = NOW, *, pages: int | None = None) -> int:
        """The number of requests of a run over all resources; ``pages``: it is killed after so many."""
        before = len(self.api.seen)
        for n, (place, page) in enumerate(self._pages(store, now), start=1):
            store.put(place, page)
            if n == pages:
                break
        return len(self.api.seen) - before

    def _pages(self, store: Store, now: datetime) -> Iterator[tuple[Place, Page]]:
        before = len(self.api.seen)
        try:
            resources = self.source(now).resources()
        except CollectorError as error:
            store.errors["resources", "*"] = error  # it could not find its scopes
            return
        self.discovery = len(self.api.seen) - before
        for resource in resources:
            place = place_of(resource)
            kept = store.cursors.get(place)
            try:
                for page in resource.pages(json.loads(kept) if kept else None):
                    yield place, page
            except CollectorError as error:
                store.errors[place] = error


def place_of(resource: Resource) -> Place:
    return resource.name, resource.scope_id


def world_of(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world of a fixture folder; a kind that is not registered is a module beside the tests."""
    world = World(folder, FakeApi.of(folder), cache)
    seams = {"transport": httpx.MockTransport(world.api), "sleep": world.slept.append, "clock": NOW.timestamp}
    # A source makes its own client, so the seams are put below every one of them.
    monkeypatch.setattr(Client, "__init__", partialmethod(_MAKE_CLIENT, **seams))
    module = f"tests.collectors.{world.kind}"
    if importlib.util.find_spec(module):
        monkeypatch.setitem(registry.KINDS, world.kind, registry.Kind(module, "A source of the tests."))
    return world


def _known(row: Mapping[str, Any]) -> Row:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
        if value is not None
    }


def _key(table: str, row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(key)) for key in BY_TABLE[table].key)
