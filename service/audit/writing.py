"""Noting what is done: appended to the durable spool before it is done, stored by the writer's next run.

An export that cannot be noted is refused. The writer is not woken: an audit changes no figure, and every
publication costs its readers their cached pages.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dashboards.access.audit import Deed, Noted
from dashboards.access.roles import Role
from dashboards.access.visitor import Visitor, require
from service.audit.reading import AUDIT, newest_deeds
from service.care.pseudonyms import keys_of, pseudonyms_of
from service.configuration.sections import Settings
from service.login.gate import LOCAL
from warehouse.engine import Clock
from warehouse.spool import Spool

_WAIT_SECONDS = 5
_LONGEST = 300


class SpoolAudit:
    """The audit of a server."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._spool = Spool(settings.storage.directory, clock=clock, wait_seconds=_WAIT_SECONDS)

    def note(self, visitor: Visitor, deed: Deed) -> None:
        """Note what a visitor of a page does."""
        self.note_of(visitor.person or LOCAL, visitor.role, "page", deed)

    def note_of(self, person: str, role: Role | None, through: str, deed: Deed) -> None:
        """Note what somebody does; ``person`` becomes a pseudonym here.

        Raises
        ------
        StorageError : the spool cannot be written.
        """
        pseudonym = pseudonyms_of(self._settings)(person)
        self._spool.append(AUDIT, json.dumps(self._payload(pseudonym, role, through, deed)))

    def newest(self, visitor: Visitor, limit: int) -> Sequence[Noted]:
        """The newest deeds, for who may read them."""
        require(visitor, "read_audit", self._clock())
        return newest_deeds(self._settings, limit)

    def _payload(self, pseudonym: str, role: Role | None, through: str, deed: Deed) -> dict[str, Any]:
        """``n_keys`` tells under how many keys the pseudonym was made, for those that come later."""
        cut = {"subject": deed.subject[:_LONGEST], "detail": deed.detail[:_LONGEST]}
        who = {"person": pseudonym, "n_keys": len(keys_of(self._settings)), "role": role or ""}
        return {"entry_id": uuid.uuid4().hex, "through": through, **who, **asdict(deed), **cut}
