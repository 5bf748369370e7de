"""A run of an action: what was asked for, by which pseudonym, and which stages it came through when.

    requested → awaiting_approval → approved → committed → synced → healthy
                                                       ↘ proposed (a pull request that somebody merges)
    ends: healthy, committed (where nobody reports health), unchanged, rejected, failed

Every stage is appended to the durable spool as the whole run so far, before the next one begins.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from warehouse.records import ActionRun, RunStatus

Operation = Literal["create", "update", "retire"]
Stage = Literal[
    "requested",
    "awaiting_approval",
    "approved",
    "proposed",
    "committed",
    "synced",
    "healthy",
    "unchanged",
    "rejected",
    "failed",
]
ENDS: tuple[Stage, ...] = ("unchanged", "rejected", "failed", "healthy")
KIND = "action_run"


@dataclass(frozen=True, slots=True)
class Run:
    """The state of a run. ``stages`` maps each stage to its instant (ISO 8601, UTC).

    ``key`` is the same for a request that is sent twice; ``requester`` is a pseudonym; ``held`` environments
    wait for their approval; ``ends_at`` is the stage that counts as success here.
    """

    run_id: str
    key: str
    action: str
    version: str
    operation: Operation
    inputs: Mapping[str, Any]
    requester: str
    stage: Stage
    stages: Mapping[str, str]
    is_dry_run: bool = False
    ends_at: Stage = "committed"
    attempts: int = 1
    sha: str = ""
    diff: str = field(default="", repr=False)
    review_id: str = ""
    review_url: str = ""
    change_url: str = ""
    held: tuple[str, ...] = ()
    message: str = ""

    @property
    def target(self) -> str:
        """The service that it is about."""
        return str(self.inputs.get("name", ""))

    @property
    def team(self) -> str:
        """The team that it is for."""
        return str(self.inputs.get("team", ""))

    @property
    def is_ended(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.stage in ENDS or (self.stage == self.ends_at and not self.held)

    @property
    def has_made_it(self) -> bool:
        """Whether there is a new service because of it."""
        return self.operation == "create" and self._status == "success" and not self.is_dry_run

    def at(self, stage: Stage, now: datetime, **changed: Any) -> "Run":
        """The run in its next stage; the first instant of a stage stays."""
        stages = {**self.stages, stage: self.stages.get(stage, now.isoformat())}
        return replace(self, stage=stage, stages=stages, **changed)

    def as_event(self) -> dict[str, Any]:
        """The run as plain values; the diff is in the repository."""
        plain = asdict(self)
        plain.pop("diff")
        return plain

    @classmethod
    def of_event(cls, payload: Mapping[str, Any]) -> "Run":
        """The run of a spooled event."""
        return cls(**{**payload, "held": tuple(payload["held"])})

    def as_record(self, service_id: str | None = None) -> ActionRun:
        """The run as the row that metrics count."""
        return ActionRun(
            run_id=self.run_id,
            action=self.action,
            requested_at=datetime.fromisoformat(self.stages["requested"]),
            status=self._status,
            team_id=self.team or None,
            service_id=service_id,
            approved_at=self._instant("approved"),
            finished_at=datetime.fromisoformat(self.stages[self.stage]) if self.is_ended else None,
            dry_run=self.is_dry_run,
            target=self.target or None,
            url=self.change_url or self.review_url or None,
        )

    @property
    def _status(self) -> RunStatus:
        if self.stage in ("rejected", "unchanged"):
            return "cancelled"  # nothing was done and nothing broke
        if self.stage == "failed":
            return "failure"
        if self.stage == "awaiting_approval" or (self.held and self.stage != "approved"):
            return "awaiting_approval"
        return "success" if self.is_ended else "in_progress"

    def _instant(self, stage: Stage) -> datetime | None:
        return datetime.fromisoformat(self.stages[stage]) if stage in self.stages else None


class Journal(Protocol):
    """Where runs are kept: durable when ``append`` returns."""

    def append(self, run: Run) -> None: ...

    def by_id(self, run_id: str) -> Run | None: ...

    def by_key(self, key: str) -> Run | None:
        """The newest run with this key."""
        ...


Clock = Callable[[], datetime]
