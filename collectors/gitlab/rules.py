"""What of GitLab counts as what: the rules of a source, from its configuration."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from collectors.rest_items import Item
from collectors.ticket_rules import IncidentRule, Names, TicketRule, Words, first_fitting
from warehouse.names import any_matches
from warehouse.records import Via


class DeploymentJob(BaseModel):
    """Jobs that deploy, where a project uses no environments of GitLab."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    job: Names = Field(description="Name of the job; a name or pattern, or a list of them.")
    environment: str = Field(description="Environment that it deploys to.")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules by which an item is read; see the keys of `collectors.gitlab.config.Config`."""

    web: str = "https://gitlab.com"
    by_tier: bool = False
    keep_jobs: bool = False
    failure_reached_production: bool | None = None
    deployment_jobs: tuple[DeploymentJob, ...] = ()
    golden_path_jobs: Names = ()
    incidents: tuple[IncidentRule, ...] = ()
    service_label: str = ""
    tickets: tuple[TicketRule, ...] = ()

    def via(self, job: str | None) -> Via | None:
        """How a deployment came: by a job of the golden path, by another job, or nobody knows."""
        if job is None:
            return None
        return "golden_path" if any_matches(self.golden_path_jobs, job) else "pipeline"

    def environment_of(self, job: str) -> str | None:
        """The environment that a job deploys to by rule."""
        return next((r.environment for r in self.deployment_jobs if any_matches(r.job, job)), None)

    def kind_of(self, item: Item, project: str) -> Literal["incident", "ticket", ""]:
        """What an issue is, exactly one thing; empty: neither."""
        if self.incident_rule(item, project):
            return "incident"
        return "ticket" if self.ticket_rule(item, project) else ""

    def incident_rule(self, item: Item, project: str) -> IncidentRule | None:
        """The first rule for incidents that fits."""
        return first_fitting(self.incidents, _words(item, project))

    def ticket_rule(self, item: Item, project: str) -> TicketRule | None:
        """The first rule for tickets that fits."""
        return first_fitting(self.tickets, _words(item, project))

    def service_of(self, labels: Sequence[str]) -> str | None:
        """The service that a label names: ``checkout`` of ``service::checkout``."""
        prefix = self.service_label
        found = [label.removeprefix(prefix) for label in labels if prefix and label.startswith(prefix)]
        return found[0] if found else None


def _words(item: Item, project: str) -> Words:
    return {"project": [project], "issue_type": [item["issue_type"]], "label": item["labels"]}
