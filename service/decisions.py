"""What deciding about an assumption and about a goal share: who decides, the way to disk, the way back.

A decision is appended to the spool and applied by the writer at its next run. Until then it is read from
there, so that nobody waits for the writer to see what was decided.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import Settings
from service.errors import NoDataError, UsageError
from service.running.snapshots import open_snapshot
from warehouse.decisions import Decision, Decisions, Edit
from warehouse.engine import Warehouse
from warehouse.spool import Event, Spool

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
    return published.with_edits(edit for event in events for edit in _edits(type(published), event))


def applies(decisions: type[Decisions[Any]]) -> Callable[[Warehouse, Sequence[Event]], None]:
    """Stores the edits of spooled events, in the transaction that the writer has open."""

    def apply(warehouse: Warehouse, events: Sequence[Event]) -> None:
        with warehouse.transaction() as con:
            decisions.append(con, [edit for event in events for edit in _edits(decisions, event)])

    return apply


def _edits(decisions: type[Decisions[Any]], event: Event) -> Iterator[Edit[Any]]:
    return (decisions.edit_of(payload) for payload in event.payload["edits"])


def append(
    settings: Settings, kind: str, known: D, edits: Sequence[Edit[Any]], clock: Callable[[], datetime]
) -> D:
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
    return f"person {pseudonyms_of(settings)(role or login)}"


def refuse_person(name: str, text: str) -> None:
    """Refuse a text that names a person.

    Raises
    ------
    UsageError : it looks like an address.
    """
    if "@" in text:
        raise UsageError(
            f"--{name} {text!r} looks like a person's address; name a role or a document, such as finance."
        )
