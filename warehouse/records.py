"""The contract of the project: one frozen dataclass per core table.

Collectors and actions make these, the warehouse stores them, and the neutral CSV, Parquet and NDJSON
files have these columns. A field without a default is required; ``None`` means unknown, never zero.
Times are aware datetimes here and UTC ``TIMESTAMP`` in the warehouse; dates end in ``_on``.

Every record class names its ``table`` and ``key``; ``FIELDS`` and ``arrow_schema`` derive everything
else (DDL, file parsing, documentation) from the annotations, so that a column is written down once.
"""

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal, Union

import pyarrow as pa

DeploymentStatus = Literal["success", "failure", "cancelled", "in_progress"]
Via = Literal["golden_path", "pipeline", "manual"]
Cause = Literal["change", "infrastructure", "third_party", "unknown"]
TicketType = Literal["request", "how_to", "incident", "other"]
RunStatus = Literal["success", "failure", "cancelled", "in_progress", "awaiting_approval"]


class Record:
    """Base of all records: ``table`` is where it is stored, ``key`` tells two of them apart."""

    __slots__ = ()
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Team(Record):
    """A team that owns services. ``engineers`` is its head count where people are not collected."""

    table: ClassVar[str] = "teams"
    key: ClassVar[tuple[str, ...]] = ("team_id",)
    team_id: str
    name: str | None = None
    engineers: float | None = None
    parent_team_id: str | None = None
    onboarded_at: datetime | None = None
    is_platform_team: bool | None = None


@dataclass(frozen=True, slots=True)
class Service(Record):
    """A unit that is deployed by itself; the level at which delivery is measured."""

    table: ClassVar[str] = "services"
    key: ClassVar[tuple[str, ...]] = ("service_id",)
    service_id: str
    name: str | None = None
    team_id: str | None = None
    repo_id: str | None = None
    tier: str | None = None
    created_at: datetime | None = None
    from_template: str | None = None


@dataclass(frozen=True, slots=True)
class Commit(Record):
    """A commit of a repository's graph; ``parents`` are separated by spaces, ``author`` is a pseudonym."""

    table: ClassVar[str] = "commits"
    key: ClassVar[tuple[str, ...]] = ("repo_id", "sha")
    repo_id: str
    sha: str
    committed_at: datetime
    authored_at: datetime | None = None
    parents: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class CommitPath(Record):
    """A commit touches the path of this service (kept only for services with a path in a monorepo)."""

    table: ClassVar[str] = "commit_paths"
    key: ClassVar[tuple[str, ...]] = ("repo_id", "sha", "service_id")
    repo_id: str
    sha: str
    service_id: str


@dataclass(frozen=True, slots=True)
class Change(Record):
    """A pull or merge request, once per service that it changes."""

    table: ClassVar[str] = "changes"
    key: ClassVar[tuple[str, ...]] = ("change_id", "service_id")
    change_id: str
    service_id: str
    repo_id: str | None = None
    merge_sha: str | None = None
    first_commit_at: datetime | None = None
    first_committed_at: datetime | None = None
    opened_at: datetime | None = None
    draft_hours: float | None = None
    ready_at: datetime | None = None
    first_review_at: datetime | None = None
    merged_at: datetime | None = None
    closed_at: datetime | None = None
    author: str | None = None
    is_bot: bool | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment(Record):
    """One roll-out of one service to one environment; ``finished_at`` is when its outcome was recorded."""

    table: ClassVar[str] = "deployments"
    key: ClassVar[tuple[str, ...]] = ("deployment_id",)
    deployment_id: str
    service_id: str
    environment: str
    status: DeploymentStatus
    sha: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reached_production: bool | None = None
    trigger: str | None = None
    is_rollback: bool | None = None
    is_hotfix: bool | None = None
    repairs_deployment_id: str | None = None
    via: Via | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentChange(Record):
    """A deployment is known to contain a change; where absent, ancestry over the commit graph decides."""

    table: ClassVar[str] = "deployment_changes"
    key: ClassVar[tuple[str, ...]] = ("deployment_id", "change_id")
    deployment_id: str
    change_id: str


@dataclass(frozen=True, slots=True)
class Incident(Record):
    """A disturbance of production; ``deployment_id`` only where the source states it."""

    table: ClassVar[str] = "incidents"
    key: ClassVar[tuple[str, ...]] = ("incident_id",)
    incident_id: str
    started_at: datetime
    service_id: str | None = None
    detected_at: datetime | None = None
    resolved_at: datetime | None = None
    severity: str | None = None
    cause: Cause | None = None
    deployment_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket(Record):
    """A ticket of exactly one type; ``action`` names the self-service action it stands in for."""

    table: ClassVar[str] = "tickets"
    key: ClassVar[tuple[str, ...]] = ("ticket_id",)
    ticket_id: str
    type: TicketType
    created_at: datetime
    team_id: str | None = None
    service_id: str | None = None
    queue: str | None = None
    action: str | None = None
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    touch_hours: float | None = None
    status: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TicketTransition(Record):
    """A ticket moved from one status to another."""

    table: ClassVar[str] = "ticket_transitions"
    key: ClassVar[tuple[str, ...]] = ("ticket_id", "at", "to_status")
    ticket_id: str
    at: datetime
    from_status: str | None = None
    to_status: str | None = None


@dataclass(frozen=True, slots=True)
class Worklog(Record):
    """Hours of work logged on a ticket."""

    table: ClassVar[str] = "worklogs"
    key: ClassVar[tuple[str, ...]] = ("ticket_id", "at")
    ticket_id: str
    at: datetime
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class ActionRun(Record):
    """One run of a self-service action."""

    table: ClassVar[str] = "action_runs"
    key: ClassVar[tuple[str, ...]] = ("run_id",)
    run_id: str
    action: str
    requested_at: datetime
    status: RunStatus
    team_id: str | None = None
    service_id: str | None = None
    approved_at: datetime | None = None
    finished_at: datetime | None = None
    dry_run: bool | None = None
    target: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyResponse(Record):
    """One answer to one item of one survey."""

    table: ClassVar[str] = "survey_responses"
    key: ClassVar[tuple[str, ...]] = ("response_id", "item_id")
    response_id: str
    survey_id: str
    responded_at: datetime
    item_id: str
    answer: str
    team_id: str | None = None
    item_version: str | None = None


@dataclass(frozen=True, slots=True)
class SurveyInvitation(Record):
    """How many people of a team were invited to a survey."""

    table: ClassVar[str] = "survey_invitations"
    key: ClassVar[tuple[str, ...]] = ("survey_id", "team_id")
    survey_id: str
    invited: int
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Build(Record):
    """A run of a CI pipeline or job."""

    table: ClassVar[str] = "builds"
    key: ClassVar[tuple[str, ...]] = ("build_id",)
    build_id: str
    status: RunStatus
    service_id: str | None = None
    repo_id: str | None = None
    sha: str | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    job: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TeamMember(Record):
    """A person (a pseudonym once loaded) belongs to a team between two dates."""

    table: ClassVar[str] = "team_members"
    key: ClassVar[tuple[str, ...]] = ("person", "team_id", "from_on")
    person: str
    team_id: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonAlias(Record):
    """A pseudonym belongs to the person with another one: their tool states that the address is verified."""

    table: ClassVar[str] = "person_aliases"
    key: ClassVar[tuple[str, ...]] = ("alias",)
    alias: str
    person: str


@dataclass(frozen=True, slots=True)
class Ownership(Record):
    """A team owns a service between two dates (``to_on`` exclusive, empty: still)."""

    table: ClassVar[str] = "ownership"
    key: ClassVar[tuple[str, ...]] = ("service_id", "team_id", "from_on")
    service_id: str
    team_id: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mandate(Record):
    """From this day on a team must use an action; adoption after it is compliance."""

    table: ClassVar[str] = "mandates"
    key: ClassVar[tuple[str, ...]] = ("team_id", "action", "from_on")
    team_id: str
    action: str
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Slo(Record):
    """Good and valid events of a service level objective in a period."""

    table: ClassVar[str] = "slos"
    key: ClassVar[tuple[str, ...]] = ("service_id", "objective", "period_start")
    service_id: str
    objective: str
    period_start: datetime
    good: float | None = None
    valid: float | None = None


@dataclass(frozen=True, slots=True)
class QualityGate(Record):
    """A service passed or failed a quality gate at a time."""

    table: ClassVar[str] = "quality_gates"
    key: ClassVar[tuple[str, ...]] = ("service_id", "gate", "at")
    service_id: str
    gate: str
    at: datetime
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class AiUsage(Record):
    """A team's daily use of an AI tool, as counts of people, never per person."""

    table: ClassVar[str] = "ai_usage"
    key: ClassVar[tuple[str, ...]] = ("team_id", "on", "tool")
    team_id: str
    on: date
    tool: str
    active_users: int | None = None
    engaged_users: int | None = None
    suggestions: int | None = None
    acceptances: int | None = None


@dataclass(frozen=True, slots=True)
class Cost(Record):
    """A charge, with FOCUS column names kept in snake case; ``tags`` is JSON."""

    table: ClassVar[str] = "costs"
    key: ClassVar[tuple[str, ...]] = (
        "charge_period_start",
        "service_name",
        "sub_account_id",
        "charge_category",
        "tags",
    )
    billing_currency: str
    charge_period_start: datetime
    effective_cost: float
    billed_cost: float | None = None
    service_name: str | None = None
    tags: str | None = None
    sub_account_id: str | None = None
    charge_category: str | None = None
    consumed_quantity: float | None = None


@dataclass(frozen=True, slots=True)
class Input(Record):
    """A figure that people supply: hires, salaries, licences, invoices, training hours."""

    table: ClassVar[str] = "inputs"
    key: ClassVar[tuple[str, ...]] = ("line_id", "scope_id", "from_on")
    line_id: str
    scope_id: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    quantity: float | None = None
    unit: str | None = None
    value: float | None = None
    source: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage(Record):
    """Between two instants a resource of a scope is known in full: no event there means zero.

    ``scope_id`` is a service, a repository, a team, or ``*`` for everything.
    """

    table: ClassVar[str] = "coverage"
    key: ClassVar[tuple[str, ...]] = ("resource", "scope_id", "from_at")
    resource: str
    from_at: datetime
    to_at: datetime
    scope_id: str | None = None


RECORDS: tuple[type[Record], ...] = (
    Team,
    Service,
    Commit,
    CommitPath,
    Change,
    Deployment,
    DeploymentChange,
    Incident,
    Ticket,
    TicketTransition,
    Worklog,
    ActionRun,
    SurveyResponse,
    SurveyInvitation,
    Build,
    TeamMember,
    PersonAlias,
    Ownership,
    Mandate,
    Slo,
    QualityGate,
    AiUsage,
    Cost,
    Input,
    Coverage,
)
BY_TABLE: Mapping[str, type[Record]] = {record.table: record for record in RECORDS}


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name, Python type, allowed words (empty: any) and whether it must be given."""

    name: str
    type: type
    required: bool
    choices: tuple[str, ...]


def _field(name: str, hint: Any, required: bool) -> Field:
    if typing.get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is Literal:
        return Field(name, str, required, typing.get_args(hint))
    return Field(name, hint, required, ())


def _fields(record: type[Record]) -> tuple[Field, ...]:
    hints = typing.get_type_hints(record)
    return tuple(
        _field(f.name, hints[f.name], f.default is MISSING)
        for f in fields(record)  # type: ignore[arg-type]
    )


_FIELDS: Mapping[str, tuple[Field, ...]] = {record.table: _fields(record) for record in RECORDS}


def fields_of(record: type[Record]) -> tuple[Field, ...]:
    """The columns of a record class, in order."""
    return _FIELDS[record.table]


_ARROW: Mapping[type, pa.DataType] = {
    str: pa.string(),
    float: pa.float64(),
    int: pa.int64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us"),
    date: pa.date32(),
}


def arrow_schema(record: type[Record]) -> pa.Schema:
    """The Arrow schema of a record's table; times are UTC without a zone, in microseconds."""
    return pa.schema([pa.field(f.name, _ARROW[f.type], nullable=not f.required) for f in fields_of(record)])


def to_tables(records: Iterable[Record]) -> dict[str, pa.Table]:
    """The records as one Arrow table per kind, keyed by table name, in order of appearance.

    Raises
    ------
    ValueError : a datetime has no zone (its instant would be a guess).
    """
    kinds: dict[type[Record], list[Record]] = {}
    for record in records:
        kinds.setdefault(type(record), []).append(record)
    return {kind.table: _table(kind, rows) for kind, rows in kinds.items()}


def _table(kind: type[Record], rows: Sequence[Record]) -> pa.Table:
    columns = {}
    for field in fields_of(kind):
        values = [getattr(row, field.name) for row in rows]
        if field.type is datetime:
            values = [None if v is None else _naive_utc(v, kind, field.name) for v in values]
        columns[field.name] = values
    return pa.table(columns, schema=arrow_schema(kind))


def _naive_utc(value: datetime, kind: type[Record], name: str) -> datetime:
    if value.tzinfo is None:
        raise ValueError(
            f"{kind.table}.{name}: {value.isoformat()} has no time zone; records hold aware times"
        )
    return value.astimezone(UTC).replace(tzinfo=None)
