"""The keys of a `github` source."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from collectors.github.rules import Rules, WorkflowRule
from collectors.ticket_rules import IncidentRule, Names, TicketRule

Part = Literal["pull_requests", "deployments", "runs", "issues"]


class Config(BaseModel):
    """The keys of a `github` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(
        "https://api.github.com",
        description="Address of the API; of an Enterprise Server https://HOST/api/v3.",
    )
    token: SecretStr | None = Field(
        None,
        description="Fine-grained token with read access to Actions, Contents, Deployments, Issues, Metadata "
        "and Pull requests (and Members for `teams`), or a classic one with repo and read:org.",
    )
    app_id: str | None = Field(None, description="A GitHub App instead of a token: its client or app ID.")
    private_key: SecretStr | None = Field(None, description="The App's private key (PEM), as ${file:PATH}.")
    installation_id: str | None = Field(None, description="The App's installation; empty: that on `org`.")
    org: str | None = Field(
        None, description="An organisation; all repositories in it, found again each run."
    )
    repositories: tuple[str, ...] = Field(
        (), description="Repositories as OWNER/NAME, instead of an organisation or beside it."
    )
    include: Names = Field(
        (), description="OWNER/NAME of the organisation's repositories, names or patterns; empty: all."
    )
    exclude: Names = Field((), description="The same, for repositories that are left out.")
    archived: bool = Field(False, description="Archived repositories of the organisation too.")
    start_on: date | None = Field(
        None, description="First day that is collected; empty: 400 days before the first run."
    )
    collect: tuple[Part, ...] = Field(
        ("pull_requests", "deployments", "runs", "issues"),
        description="What is collected. Issues are only asked for where they are incidents or tickets.",
    )
    api: Literal["graphql", "rest"] = Field(
        "graphql",
        description="How pull requests and deployments are read; by REST each costs up to three requests "
        "more.",
    )
    deployments_from: Literal["environments", "workflows", "releases"] = Field(
        "environments",
        description="What a deployment is: a deployment to an environment of GitHub, a job of "
        "`deployment_workflows`, or a published release.",
    )
    deployment_workflows: tuple[WorkflowRule, ...] = Field(
        (), description="Jobs of workflows that deploy; the first rule that fits decides."
    )
    golden_path_workflows: Names = Field(
        (),
        description="Workflows of the golden path by name or path, called ones included, names or patterns; "
        "empty: none.",
    )
    release_environment: str = Field("production", description="Environment that releases go to.")
    prereleases: bool = Field(False, description="Pre-releases are deployments too.")
    failure_reached_production: bool | None = Field(
        None,
        description="Whether a failed production deployment has changed production; empty: unknown, not "
        "counted.",
    )
    keep_jobs: bool = Field(False, description="Keep the jobs of runs too: one request more per run.")
    rerun_days: int = Field(
        3, ge=0, le=30, description="Runs of so many days are looked at again, for those started once more."
    )
    incidents: tuple[IncidentRule, ...] = Field(
        (),
        description="Issues that are incidents. Leave it empty where incidents live elsewhere: collecting "
        "them says that a service without one had none.",
    )
    service_label: str = Field(
        "", description="Beginning of a label that names an incident's service, such as `service:`."
    )
    severity_labels: Mapping[str, str] = Field(
        default_factory=dict, description="Labels that state an incident's severity."
    )
    tickets: tuple[TicketRule, ...] = Field(
        (),
        description="Issues that are tickets, unless they are incidents; one that no rule fits is neither.",
    )
    catalogue: bool = Field(
        False,
        description="Every repository is a service, owned by the team that CODEOWNERS names for all of it.",
    )
    teams: bool = Field(
        False, description="Teams of the organisation are teams, with their number of direct members."
    )
    concurrency: int = Field(4, ge=1, le=16, description="How many lists are read at the same time.")
    page_size: int = Field(
        100, ge=1, le=100, description="Items to a page; fewer where GitHub does not answer in time."
    )
    bots: tuple[str, ...] = Field((), description="Logins of programs that GitHub takes for people.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.org and not self.repositories:
            raise ValueError("needs `org` or `repositories`")
        if (self.token is None) == (self.app_id is None):
            raise ValueError("needs exactly one of `token` and `app_id`")
        if self.app_id and not self.private_key:
            raise ValueError("`app_id` needs `private_key`")
        if self.app_id and not (self.installation_id or self.org):
            raise ValueError("`app_id` needs `installation_id`, or `org` to find it")
        if (self.teams or self.include or self.exclude) and not self.org:
            raise ValueError("`teams`, `include` and `exclude` need `org`")
        if (self.deployments_from == "workflows") != bool(self.deployment_workflows):
            raise ValueError("`deployments_from: workflows` and `deployment_workflows` need each other")
        return self

    @property
    def web(self) -> str:
        """Address for browsers."""
        host = self.url.rstrip("/").removesuffix("/api/v3")
        return host.replace("://api.", "://", 1)

    @property
    def graphql(self) -> str:
        """Address of the GraphQL API, which on an Enterprise Server is not below that of REST."""
        base = self.url.rstrip("/")
        return f"{base.removesuffix('/v3')}/graphql" if base.endswith("/api/v3") else f"{base}/graphql"

    @property
    def rules(self) -> Rules:
        """What counts as what."""
        return Rules(
            web=self.web,
            deployment_workflows=self.deployment_workflows,
            golden_path_workflows=self.golden_path_workflows,
            failure_reached_production=self.failure_reached_production,
            keep_jobs=self.keep_jobs,
            release_environment=self.release_environment,
            prereleases=self.prereleases,
            incidents=self.incidents,
            service_label=self.service_label,
            severity_labels=self.severity_labels,
            tickets=self.tickets,
        )
