"""The models of `config.yaml`: the service's own sections, and all of them together.

`docs/configuration.md` is generated from the descriptions here and in `warehouse.config`.
"""

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    SkipValidation,
    field_validator,
)

from actions.config import Actions
from dashboards.words.locale import written_in
from metrics.roi.config import Config as RoiConfig
from service.alerts.config import Alerts
from service.api.config import Api
from service.configuration.assumptions import AssumptionEntry, QuarterlyReport
from service.configuration.sources import ConfiguredSource
from service.digests.config import Digests
from service.login.config import Login
from service.sending.config import Mail
from warehouse.config import Attribution, Environments, Section, Storage, ZoneName
from warehouse.config_owners import MappingEntry, ServiceEntry, TeamEntry, entries_as_records
from warehouse.config_requests import Adoption, Calendar, Tickets
from warehouse.names import NameField, parse_name
from warehouse.records import Record
from warehouse.rules import Rule

LOOKED_BACK_DAYS = 42
"""Alerts compare six weeks of what a sender sent; that much of it has to be there."""

BOTS = tuple(
    map(
        parse_name,
        (
            r"/^.*\[bot\](@users\.noreply\.github\.com)?$/",
            r"/^(project|group)_\d+_bot(_[0-9a-f]+)?$/",
            r"/^(dependabot|renovate|renovate-bot|github-actions|gitlab-bot|web-flow)$/",
            r"/^(.+[-_.])?(bot|robot)@.*$/",
        ),
    )
)
"""Programs as the usual forges call them; GitLab's are those of its access tokens."""


class Organisation(Section):
    """Whose figures these are, and how they are cut and written."""

    name: str = Field(
        default="My organisation",
        min_length=1,
        description="Name in the title of pages and reports.",
    )
    reporting_zone: ZoneName = Field(
        default="UTC", description="Time zone (IANA name) in which days, weeks, months and quarters begin."
    )
    currency: str = Field(
        default="EUR",
        pattern="^[A-Z]{3}$",
        description="Currency of money figures, as three capital letters (ISO 4217).",
    )
    quarter_start_month: int = Field(
        default=1,
        ge=1,
        le=12,
        description="Month, 1 to 12, in which the first quarter of the financial year begins.",
    )
    locale: str = Field(
        default="en",
        pattern="^[a-z]{2}(-[A-Z]{2})?$",
        description="How pages and reports write numbers, amounts and dates, such as en, en-GB, de-DE or fr; "
        "words stay English, and files for machines know no locale.",
    )

    @field_validator("locale")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return written_in(name).name

    @property
    def zone(self) -> ZoneInfo:
        """The reporting zone."""
        return ZoneInfo(self.reporting_zone)


class People(Section):
    """Nothing about a person is stored: logins become pseudonyms before they reach the warehouse."""

    pseudonym_key: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="Key of the pseudonyms, at least 16 characters, as ${VARIABLE} or ${file:PATH}. Keep it "
        "for ever: with another one the same person gets another pseudonym. To replace it write the new one "
        "behind it, with a space between, and run `payoff people rotate`. Empty: one is made on first use "
        "and kept in the storage folder.",
    )
    aliases: Path | None = Field(
        default=None,
        description="File that says which logins, account ids and addresses are one person: a person a line, "
        "separated by commas, the first of them for good; `source:login` holds for one source only. It is "
        "read and never stored. Keep it away from the storage folder.",
    )
    bots: tuple[NameField, ...] = Field(
        default=BOTS,
        description="Logins and addresses of programs, besides those that a source marks: exact, case "
        "matters, or an anchored pattern between slashes. Their changes are left out.",
    )


class Freshness(Section):
    """When figures count as stale."""

    stale_after_hours: float = Field(
        default=48, gt=0, description="A figure whose newest data is older than this is marked stale."
    )


class Benchmarks(Section):
    """Which published bands figures are compared with."""

    report_year: Literal[2021, 2023, 2024] = Field(
        default=2024,
        description="Year of the DORA report whose bands are shown; it is printed on every label.",
    )


class Settings(Section):
    """The whole configuration. Paths are absolute; values that were filled in do not show in prints."""

    organisation: Organisation = Field(
        default=Organisation(),
        description="Name, time zone, currency, quarters.",
    )
    people: People = Field(default=People(), description="Pseudonyms.")
    environments: Environments = Field(default=Environments(), description="What is production.")
    attribution: Attribution = Field(default=Attribution(), description="From failures to deployments.")
    adoption: Adoption = Field(default=Adoption(), description="What counts as using the platform.")
    calendar: Calendar = Field(default=Calendar(), description="Working hours and holidays.")
    tickets: Tickets = Field(default=Tickets(), description="What the statuses of tickets mean.")
    freshness: Freshness = Field(default=Freshness(), description="When figures are stale.")
    benchmarks: Benchmarks = Field(default=Benchmarks(), description="Published bands.")
    roi: RoiConfig = Field(default=RoiConfig(), description="Return on investment.")
    mail: Mail = Field(default=Mail(), description="The mail server.")
    alerts: Alerts = Field(default=Alerts(), description="Who is told when a source is in trouble.")
    digest: Digests = Field(default=Digests(), description="The weekly and the quarterly digest.")
    api: Api = Field(default=Api(), description="The HTTP API.")
    login: Login = Field(default=Login(), description="How people log in to the dashboard.")
    report: QuarterlyReport = Field(default=QuarterlyReport(), description="The quarterly report.")
    actions: Actions = Field(default=Actions(), description="The self-service actions.")
    assumptions: tuple[AssumptionEntry, ...] = Field(
        default=(), description="Figures of the model, besides those that people write into the ledger."
    )
    storage: Storage = Field(default=Storage(), description="Where the data lies.")
    teams: tuple[TeamEntry, ...] = Field(
        default=(),
        description="Teams, besides those that a source brings.",
    )
    services: tuple[ServiceEntry, ...] = Field(
        default=(), description="Services, besides those that a source brings."
    )
    mapping: tuple[MappingEntry, ...] = Field(
        default=(),
        description="Outside identifiers of services and teams.",
    )
    sources: tuple[SkipValidation[ConfiguredSource], ...] = Field(
        default=(), description="Where the data comes from."
    )
    _path: Path = PrivateAttr(default=Path("config.yaml"))
    _written: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file that this was read from."""
        return self._path

    @property
    def written(self) -> dict[str, Any]:
        """The values as the file has them, variables by their names: safe to print."""
        return self._written

    def read_from(self, path: Path, written: dict[str, Any]) -> "Settings":
        """The same configuration, knowing its file."""
        copy = self.model_copy()
        copy._path, copy._written = path, written
        return copy

    def records(self) -> tuple[Record, ...]:
        """Teams, services and owners of the configuration, as rows."""
        return entries_as_records(self.teams, self.services, self.organisation.zone)

    def rules(self) -> tuple[Rule, ...]:
        """The mapping, in its order."""
        return tuple(entry.rule() for entry in self.mapping)
