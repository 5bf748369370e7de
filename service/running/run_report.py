"""What a run of the pipeline did, resource by resource."""

from dataclasses import dataclass, field

from service.running.spooled import NOTHING_DRAINED, Drained
from warehouse.mentions import Unmapped


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one resource of a source brought; ``error`` is empty where it went well or was asked to stop."""

    source: str
    resource: str
    scope_id: str
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    requests: int = 0
    error: str = ""
    is_stopped: bool = False
    taken_over: int = 0
    """Rows that another source had brought under the same identifier."""

    @property
    def summary(self) -> str:
        """What it brought, for a line of narration."""
        text = f"{self.inserted:,} new, {self.updated:,} changed, {self.unchanged:,} as before"
        text += f", {self.skipped:,} skipped" if self.skipped else ""
        return f"{text}; stopped before its end" if self.is_stopped else text

    @property
    def label(self) -> str:
        """``shop deployments acme/shop``: source, resource and scope for a line of narration."""
        return " ".join(part for part in (self.source, self.resource, self.scope_id) if part != "*")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. ``warnings`` are data checks of severity warn that found something;
    ``drained`` is what came from the spool."""

    outcomes: tuple[Outcome, ...]
    unmapped: tuple[Unmapped, ...] = ()
    warnings: tuple[str, ...] = ()
    version: int = 0
    drained: Drained = NOTHING_DRAINED
    inserted: int = field(init=False)
    updated: int = field(init=False)
    skipped: int = field(init=False)

    def __post_init__(self) -> None:
        for name in ("inserted", "updated", "skipped"):
            object.__setattr__(self, name, sum(getattr(outcome, name) for outcome in self.outcomes))

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The resources that did not get to their end."""
        return tuple(outcome for outcome in self.outcomes if outcome.error)
