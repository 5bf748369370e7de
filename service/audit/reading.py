"""The audit as it is read: from the spool, which has all of it at once, while the writer works too."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from collectors.people import ERASED, turned
from dashboards.access.audit import Deed, Noted
from service.care.pseudonyms import erased_people, keys_of
from service.configuration.sections import Settings
from warehouse.audit import AuditEntry, store_audit
from warehouse.engine import Warehouse
from warehouse.spool import Event, Spool

AUDIT = "audit"
"""Kind of the spooled events, one for each deed."""


def newest_deeds(settings: Settings, limit: int | None = None) -> Sequence[Noted]:
    """The newest deeds, the newest first; pseudonyms as they are under the keys of today."""
    events = Spool(settings.storage.directory).newest_of(AUDIT, limit)
    person = _person_of_today(settings)
    return [Noted(event.appended_at, person(event.payload), *_rest(event.payload)) for event in events]


def stores_audit(settings: Settings) -> Callable[[Warehouse, Sequence[Event]], None]:
    """Stores deeds of the spool in the table; a new key or an erasure may have come before they are."""

    def apply(warehouse: Warehouse, events: Sequence[Event]) -> None:
        store_audit(warehouse, list(_entries(events, _person_of_today(settings))))

    return apply


def _person_of_today(settings: Settings) -> Callable[[dict[str, Any]], str]:
    keys, erased = keys_of(settings), erased_people(settings)

    def person(payload: dict[str, Any]) -> str:
        noted = str(payload["person"])
        now = noted if noted == ERASED else turned(noted.encode(), keys[payload["n_keys"] :])
        return ERASED if now in erased else now

    return person


def _entries(events: Sequence[Event], person: Callable[[dict[str, Any]], str]) -> Iterator[AuditEntry]:
    own = [name for name in AuditEntry.__dataclass_fields__ if name not in ("noted_at", "person")]
    for event in events:
        at = event.appended_at.replace(tzinfo=None)
        told = {name: event.payload[name] for name in own}
        yield AuditEntry(noted_at=at, person=person(event.payload), **told)


def _rest(payload: dict[str, Any]) -> tuple[str, str, Deed]:
    return payload["role"], payload["through"], _deed(payload)


def _deed(payload: dict[str, Any]) -> Deed:
    return Deed(payload["action"], payload["subject"], payload["detail"], payload["n_rows"])
