"""The keys of a `gitlab` source."""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from collectors.gitlab.projects import Part
from collectors.gitlab.rules import DeploymentJob, Rules
from collectors.ticket_rules import IncidentRule, Names, TicketRule


class Config(BaseModel):
    """The keys of a `gitlab` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field("https://gitlab.com", description="Address of GitLab, as in the browser.")
    token: SecretStr = Field(
        description="Personal, group or project access token, or that of a service account, with the scope "
        "read_api and the role Reporter."
    )
    group: str | None = Field(
        None, description="Full path of a group; all projects in it and its subgroups, found again each run."
    )
    projects: tuple[str, ...] = Field(
        (), description="Full paths of projects, instead of a group or beside it."
    )
    include: Names = Field(
        (), description="Full paths of the group's projects, names or patterns; empty: all."
    )
    exclude: Names = Field((), description="The same, for projects that are left out.")
    start_on: date | None = Field(
        None, description="First day that is collected; empty: 400 days before the first run."
    )
    collect: tuple[Part, ...] = Field(
        ("merge_requests", "deployments", "pipelines", "issues"),
        description="What is collected. Issues are only asked for where they are incidents or tickets.",
    )
    environment_by: Literal["name", "tier"] = Field(
        "name", description="What `environments` is compared with: an environment's name or its tier."
    )
    deployment_jobs: tuple[DeploymentJob, ...] = Field(
        (), description="Jobs that deploy, instead of GitLab's environments, where they are not used."
    )
    golden_path_jobs: Names = Field(
        (), description="Jobs of the golden path, names or patterns; empty: unknown, so none."
    )
    failure_reached_production: bool | None = Field(
        None,
        description="Whether a failed production job has changed production; empty: unknown, not counted.",
    )
    keep_jobs: bool = Field(
        False, description="Keep the jobs of pipelines too: one request more per pipeline."
    )
    incidents: tuple[IncidentRule, ...] = Field(
        (),
        description="Issues that are incidents. Leave it empty where incidents live elsewhere: collecting "
        "them says that a project without one had none.",
    )
    incident_services: tuple[str, ...] = Field(
        (),
        description="Services, or `*` for all, whose incidents are all issues of the single project.",
    )
    service_label: str = Field(
        "", description="Beginning of a label that names an incident's service, such as `service::`."
    )
    tickets: tuple[TicketRule, ...] = Field(
        (),
        description="Issues that are tickets, unless they are incidents; one that no rule fits is neither.",
    )
    teams: bool = Field(
        False, description="Subgroups of the group are teams, with their number of direct members."
    )
    concurrency: int = Field(4, ge=1, le=16, description="How many lists are read at the same time.")
    bots: tuple[str, ...] = Field(
        (), description="User names of programs, besides access tokens and service accounts."
    )

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.group and not self.projects:
            raise ValueError("needs `group` or `projects`")
        if self.incident_services and (self.group or len(self.projects) > 1):
            raise ValueError(
                "`incident_services` needs a single project, for none of several knows all incidents: make "
                "the project with the incidents a source of its own"
            )
        return self

    @property
    def rules(self) -> Rules:
        """What counts as what."""
        return Rules(
            web=self.url.rstrip("/"),
            by_tier=self.environment_by == "tier",
            keep_jobs=self.keep_jobs,
            failure_reached_production=self.failure_reached_production,
            deployment_jobs=self.deployment_jobs,
            golden_path_jobs=self.golden_path_jobs,
            incidents=self.incidents,
            service_label=self.service_label,
            tickets=self.tickets,
        )
