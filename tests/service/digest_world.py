"""The reference quarter, published, with channels that get digests of it."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from service.alerts import watch
from service.configuration.config import Settings, load_config
from service.digests.sending import send_due
from tests.service.folders import write_config
from tests.service.receiving import Mailbox
from tests.service.report_world import CONFIG, NOW, QUARTER

__all__ = ["NOW", "QUARTER", "World"]
WEEK = "2026-W02"
"""The last week over at `NOW`, the 15th of January 2026, a Thursday."""


@dataclass
class World:
    """A storage folder with a configuration of its own, and a clock that is moved by hand."""

    folder: Path
    channels: list[dict[str, Any]] = field(default_factory=list)
    mail: dict[str, Any] = field(default_factory=dict)
    alerts: dict[str, Any] = field(default_factory=dict)
    digest: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOW
    zone: str = "UTC"

    @classmethod
    def copied(cls, template: Path, folder: Path) -> "World":
        shutil.copytree(template / "data", folder / "data")
        return cls(folder)

    def mails_to(self, mailbox: Mailbox, *addresses: str, name: str = "people", **channel: Any) -> None:
        self.mail = mailbox.mail.model_dump(exclude_none=True)
        self.channels.append({"name": name, "email_to": list(addresses), **channel})

    def posts_to(self, url: str, *, name: str = "room", **channel: Any) -> None:
        self.channels.append({"name": name, "webhook_url": "${HOOK_" + name + "}", **channel})
        self._urls["HOOK_" + name] = url

    def __post_init__(self) -> None:
        self._urls: dict[str, str] = {}

    @property
    def variables(self) -> Mapping[str, str]:
        return self._urls

    @property
    def path(self) -> Path:
        sections = {
            "organisation": {"name": "Acme", "reporting_zone": self.zone},
            "mail": self.mail,
            "alerts": self.alerts,
            "digest": {**self.digest, "channels": self.channels},
        }
        # JSON is YAML.
        text = "\n".join(f"{name}: {json.dumps(value)}" for name, value in sections.items() if value)
        return write_config(self.folder, f"{CONFIG}{text}\n")

    @property
    def settings(self) -> Settings:
        return load_config(self.path, self._urls)

    def send_due(self, **given: Callable[..., Any]) -> int:
        return send_due(self.settings, clock=lambda: self.now, **given)

    def rows(self, columns: str = "channel, cadence, period, status, attempts") -> list[tuple[Any, ...]]:
        """What is written down of digests."""
        return self.query(f"SELECT {columns} FROM digests ORDER BY ALL")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "data" / "warehouse.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()


def told_of(monkeypatch: Any) -> list[str]:
    """The lines that alerts tell from now on."""
    told: list[str] = []

    def tell(settings: Settings, subject: str, lines: list[str]) -> None:
        told.extend(lines)

    monkeypatch.setattr(watch.look, "__kwdefaults__", {"tell": tell})
    return told


def at(day: int, hour: int = 7, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)
