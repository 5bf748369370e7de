"""What of GitLab counts as what: the rules of a source, from its configuration."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from collectors.patterns import compiles
from collectors.rest_items import Item
from warehouse.records import Cause, TicketType, Via


class DeploymentJob(BaseModel):
    """Jobs that deploy, where a project uses no environments of GitLab."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    job: str = Field(description="Regular expression for the whole name of a job.")
    environment: str = Field(description="Environment that it deploys to.")

    _checked = field_validator("job")(compiles)


class TicketRule(BaseModel):
    """Issues with a label are tickets of a type. The first rule that fits decides."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str = Field(description="Regular expression for the whole of a label; `.*` takes any issue.")
    type: TicketType = Field(description="Type of the ticket.")
    action: str | None = Field(None, description="Self-service action that the ticket stands in for.")

    _checked = field_validator("label")(compiles)

    def fits(self, labels: Sequence[str]) -> bool:
        """Whether one of the labels does; an issue without labels counts as one empty label."""
        return any(re.fullmatch(self.label, label) for label in labels or [""])


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by which an item is read; see the keys of `collectors.gitlab.Config`."""

    web: str = "https://gitlab.com"
    by_tier: bool = False
    keep_jobs: bool = False
    failure_reached_production: bool | None = None
    deployment_jobs: tuple[DeploymentJob, ...] = ()
    golden_path_jobs: str = ""
    incidents: bool = False
    incident_labels: frozenset[str] = frozenset()
    service_label: str = ""
    cause_labels: Mapping[str, Cause] | None = None
    tickets: tuple[TicketRule, ...] = ()

    def via(self, job: str | None) -> Via | None:
        """How a deployment came: by a job of the golden path, by another job, or nobody knows."""
        if job is None:
            return None
        is_golden = bool(self.golden_path_jobs) and re.fullmatch(self.golden_path_jobs, job) is not None
        return "golden_path" if is_golden else "pipeline"

    def environment_of(self, job: str) -> str | None:
        """The environment that a job deploys to by rule."""
        return next((r.environment for r in self.deployment_jobs if re.fullmatch(r.job, job)), None)

    def kind_of(self, item: Item) -> Literal["incident", "ticket", ""]:
        """What an issue is, exactly one thing; empty: neither."""
        is_incident = item.get("issue_type") == "incident" or self.incident_labels & set(item["labels"])
        if is_incident:
            return "incident" if self.incidents else ""
        return "ticket" if self.ticket_rule(item["labels"]) else ""

    def ticket_rule(self, labels: Sequence[str]) -> TicketRule | None:
        """The first rule that fits."""
        return next((rule for rule in self.tickets if rule.fits(labels)), None)

    def cause_of(self, labels: Sequence[str]) -> Cause | None:
        """The cause that a label states."""
        causes = self.cause_labels or {}
        return next((causes[label] for label in labels if label in causes), None)

    def service_of(self, labels: Sequence[str]) -> str | None:
        """The service that a label names: ``checkout`` of ``service::checkout``."""
        prefix = self.service_label
        found = [label.removeprefix(prefix) for label in labels if prefix and label.startswith(prefix)]
        return found[0] if found else None

    def why_left_out(self, item: Item) -> str:
        """Why an issue is neither an incident nor a ticket."""
        if item.get("issue_type") == "incident":
            return "an incident, and `incidents` is off"
        return "no label makes it an incident or a ticket"
