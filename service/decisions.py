"""What deciding about an assumption and about a goal share: who decides, the way to disk, the way back.

A decision is appended to the spool and applied by the writer at its next run. Until then it is read from
there, so that nobody waits for the writer to see what was decided.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from collectors.people import ERASED
from service.care.pseudonyms import erased_people, pseudonyms_of
from service.configuration.config import Settings
from service.errors import NoDataError, UsageError
from service.storage.snapshots import open_snapshot
from warehouse.decisions import Decision, Decisions, Edit
from warehouse.engine import Clock, Warehouse
from warehouse.spool import Event, Spool

_PERSON = "person "
D = TypeVar("D", bound=Decisions[Any])


def read_decisions(settings: Settings, kind: str, empty: D) -> D:
    """The decisions of the newest snapshot, and after them what waits in the spool, marked as pending."""
    try:
        with open_snapshot(settings) as snapshot:
            published = type(empty).published(snapshot.sql)
    except NoDataError:
        published = empty
    return with_pending(settings, kind, published)


def with_pending(settings: Settings, kind: str, published: D) -> D:
    """Published decisions, and after them what waits in the spool."""
    events = Spool(settings.storage.directory).all_of(kind)
    return published.with_edits(_edits(settings, type(published), events))


def applies(
    settings: Settings, decisions: type[Decisions[Any]]
) -> Callable[[Warehouse, Sequence[Event]], None]:
    """Stores the edits of spooled events, in the transaction that the writer has open."""

    def apply(warehouse: Warehouse, events: Sequence[Event]) -> None:
        with warehouse.transaction() as con:
            decisions.append(con, list(_edits(settings, decisions, events)))

    return apply


def _edits(
    settings: Settings, decisions: type[Decisions[Any]], events: Sequence[Event]
) -> Iterator[Edit[Any]]:
    """The edits of events, without the people who asked to be forgotten while they waited."""
    erased = erased_people(settings)
    for event in events:
        for edit in map(decisions.edit_of, event.payload["edits"]):
            gone = edit.decided_by.removeprefix(_PERSON) in erased
            yield replace(edit, decided_by=f"{_PERSON}{ERASED}") if gone else edit


def append(settings: Settings, kind: str, known: D, edits: Sequence[Edit[Any]], clock: Clock) -> D:
    """The decisions with the edits pending, once they are safe on disk; all of them or none."""
    if edits:
        payload = json.dumps({"edits": [edit.payload() for edit in edits]}, allow_nan=False)
        Spool(settings.storage.directory, clock=clock).append(kind, payload)
    return known.with_edits(edits)


def new_edit(
    decision: Decision, key: str, scope_id: str, *, decided_by: str, now: datetime, **rest: Any
) -> Edit[Any]:
    """A decision under a new identifier; ``rest`` is what it brings or names, and why."""
    at = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return Edit(uuid.uuid4().hex, decision, key, scope_id, decided_by, at, **rest)


def who(settings: Settings, role: str | None, login: str) -> str:
    """A role as it is given; without one, or with an address in its place, the person's pseudonym."""
    if role and "@" not in role:
        return role
    return f"{_PERSON}{pseudonyms_of(settings)(role or login)}"


def refuse_person(text: str) -> None:
    """Refuse a text that names a person.

    Raises
    ------
    UsageError : it looks like an address.
    """
    if "@" in text:
        raise UsageError(
            f"{text!r} looks like a person's address; name a role or a document, such as finance."
        )
