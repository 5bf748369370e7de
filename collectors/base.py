"""The shapes every collector shares: a source is a list of resources, a resource yields pages.

A page is the unit of progress. Its rows, its raw bodies, its coverage and the cursor that comes after
it are stored in one transaction, so a run that is killed goes on behind the last page that was stored.
A cursor is a small JSON object that only the resource itself understands.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from collectors.people import Pseudonyms
from warehouse.records import Coverage, Record, to_tables

Cursor = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawBody:
    """A response item as the source sent it (scrubbed of people), kept so that it can be parsed again.

    ``key`` tells the item within its resource, so a newer body replaces the older one.
    """

    key: str
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that could not be read: which one and why. It is counted, shown by `doctor`, and kept raw."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One unit of progress of a resource.

    ``tables`` are Arrow tables by warehouse table name with the columns of ``warehouse.records``;
    ``cursor`` is where the next run goes on (``None``: unchanged); ``done`` and ``total`` feed the
    progress bar (``total`` is ``None`` where the source does not say); ``reached`` is how far back in time
    its items go.
    """

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    cursor: Cursor | None = None
    coverage: tuple[Coverage, ...] = ()
    raw: tuple[RawBody, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    requests: int = 0
    done: int = 0
    total: int | None = None
    reached: datetime | None = None

    @classmethod
    def of(cls, records: Sequence[Record], **rest: Any) -> "Page":
        """A page from single records, as parse functions make them."""
        return cls(tables=to_tables(records), **rest)


class Resource(Protocol):
    """One stream of items of a source within one scope (a repository, a project, or ``*``)."""

    @property
    def name(self) -> str: ...

    @property
    def scope_id(self) -> str: ...

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages from ``cursor`` on (``None``: from the beginning), read by one thread.

        Raises
        ------
        collectors.errors.CollectorError : the resource stops; what was yielded before stays.
        """
        ...


class Source(Protocol):
    """A configured source: a name from ``config.yaml``, a kind and its resources."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def resources(self) -> Sequence[Resource]:
        """What there is to read now; a source that finds its scopes by itself looks for them each time."""
        ...

    def preview(self) -> "Preview":
        """What `payoff doctor` shows before anything is stored."""
        ...


@runtime_checkable
class Replayable(Protocol):
    """A resource whose raw bodies can be parsed again without the network."""

    def parse_raw(self, body: RawBody) -> Sequence[Record]: ...


@runtime_checkable
class Discovering(Protocol):
    """A source that asks its API which scopes there are, and can do without when it is told one.

    Kept bodies are parsed again by scope, without the network and for scopes that are gone meanwhile.
    """

    def resources_of(self, scope_id: str) -> Sequence[Resource]: ...


@runtime_checkable
class Explaining(Protocol):
    """A resource that can say why an item of it gives no record ("no label makes it a ticket")."""

    def why_left_out(self, body: RawBody) -> str: ...


@runtime_checkable
class Naming(Protocol):
    """A source that can say what its identifiers of services are called among people."""

    def titles(self) -> Mapping[str, str]: ...


@runtime_checkable
class Limited(Protocol):
    """A resource that knows how many requests its source still answers; ``None`` where nothing says so."""

    def requests_left(self) -> int | None: ...


@runtime_checkable
class Parallel(Protocol):
    """A source whose resources may be read by several threads at once; the others are read one by one."""

    @property
    def concurrency(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a preview: ``ok`` or not, what was seen, and what to do where it is not."""

    ok: bool
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Findings (reachable, rights, patterns that match nothing) and samples of what would count or not.

    ``counted`` and ``not_counted`` map a heading ("production deployments", "incidents") to a few
    printable examples, the second with the reason in the text. ``unread`` lists items that no parse
    function understands. None of it names a person.
    """

    findings: tuple[Finding, ...] = ()
    counted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    not_counted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """What a source is given besides its own configuration.

    ``now`` is the clock of the run (aware, UTC); ``cache_dir`` is private and may be deleted at any
    time; ``pseudonym`` turns a person's login or e-mail into a stable pseudonym; ``is_production``
    says whether an environment's name means production here; ``sleep`` waits, and raises
    `collectors.errors.StoppedError` where the run is asked to stop meanwhile; ``variables`` names the
    environment variables that keys of the source's configuration come from, for messages.
    """

    now: datetime
    cache_dir: Path
    pseudonym: Callable[[str], str]
    is_production: Callable[[str], bool]
    sleep: Callable[[float], None] = time.sleep
    variables: Mapping[str, str] = field(default_factory=dict)

    def variable(self, key: str) -> str:
        """The variable that holds this key's value; empty where that is not known."""
        return self.variables.get(key, "")


def pseudonymiser(key: bytes) -> Pseudonyms:
    """A function from a login to its pseudonym under one key, for all sources alike."""
    return Pseudonyms((key,))
