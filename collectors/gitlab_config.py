"""The keys of a `gitlab` source."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from collectors.gitlab_projects import Part
from collectors.gitlab_rules import DeploymentJob, Rules, TicketRule
from collectors.patterns import compiles
from warehouse.records import Cause


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
    include: tuple[str, ...] = Field(
        (), description="Regular expressions for the full path of projects of the group; empty: all."
    )
    exclude: tuple[str, ...] = Field((), description="The same, for projects that are left out.")
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
    golden_path_jobs: str = Field(
        "", description="Regular expression for names of jobs of the golden path; empty: none."
    )
    failure_reached_production: bool | None = Field(
        None,
        description="Whether a failed production job has changed production; empty: unknown, not counted.",
    )
    keep_jobs: bool = Field(
        False, description="Keep the jobs of pipelines too: one request more per pipeline."
    )
    incidents: bool = Field(
        False,
        description="Issues of type incident are incidents. Leave it off where incidents live elsewhere: "
        "collecting them says that a service without one had none.",
    )
    incident_labels: tuple[str, ...] = Field((), description="Labels that make any issue an incident.")
    service_label: str = Field(
        "", description="Beginning of a label that names an incident's service, such as `service::`."
    )
    cause_labels: Mapping[str, Cause] = Field(
        default_factory=dict, description="Labels that state an incident's cause."
    )
    tickets: tuple[TicketRule, ...] = Field(
        (), description="Which issues are tickets, by label; the first rule that fits decides."
    )
    teams: bool = Field(
        False, description="Subgroups of the group are teams, with their number of direct members."
    )
    concurrency: int = Field(4, ge=1, le=16, description="How many lists are read at the same time.")
    bots: tuple[str, ...] = Field(
        (), description="User names of programs, besides access tokens and service accounts."
    )

    _checked = field_validator("golden_path_jobs")(compiles)

    @field_validator("include", "exclude")
    @classmethod
    def _compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(compiles(pattern) for pattern in patterns)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.group and not self.projects:
            raise ValueError("needs `group` or `projects`")
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
            incidents=self.incidents or bool(self.incident_labels),
            incident_labels=frozenset(self.incident_labels),
            service_label=self.service_label,
            cause_labels=self.cause_labels,
            tickets=self.tickets,
        )
