"""The audit of what people take along and change; the service that runs the dashboard writes it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal, Protocol

import pandas as pd

from dashboards.access.visitor import Visitor

COLUMNS = ("noted_at", "person", "role", "through", "action", "subject", "detail", "n_rows")
Doing = Literal["export", "deploy", "goal", "ledger"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done: ``subject`` is the file or thing, ``detail`` its window and filter; nothing personal."""

    action: Doing
    subject: str
    detail: str = ""
    n_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A deed as it was noted: when, by whose pseudonym and role, and through which door."""

    noted_at: datetime
    person: str
    role: str
    through: str
    deed: Deed


def audit_frame(found: Sequence[Noted]) -> pd.DataFrame:
    """One row for each deed; ``noted_at`` is UTC without a zone."""
    rows = [
        {**asdict(one.deed), **{name: getattr(one, name) for name in ("person", "role", "through")}}
        | {"noted_at": one.noted_at.astimezone(UTC).replace(tzinfo=None)}
        for one in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_rows": "Int64"})


class Audit(Protocol):
    """Writes and reads the audit."""

    def note(self, visitor: Visitor, deed: Deed) -> None:
        """Note a deed before it is done.

        Raises
        ------
        StorageError : it could not be noted, so it must not be done.
        """
        ...

    def newest(self, visitor: Visitor, limit: int) -> Sequence[Noted]:
        """The newest deeds, the newest first.

        Raises
        ------
        DeniedError : the visitor may not read the audit.
        """
        ...


@dataclass
class _Provided:
    audit: Audit | None = None


_here = _Provided()


def provide_audit(audit: Audit | None) -> None:
    """Let this process note what is done; ``None`` takes that away."""
    _here.audit = audit


def audit() -> Audit | None:
    """The audit of this process; ``None`` where snapshots are shown without a service."""
    return _here.audit
