"""The section `actions` of the configuration: where requests go, and what the platform and its rules are."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator


class Part(BaseModel):
    """A part of `config.yaml`: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ArgoCd(Part):
    """The Argo CD that deploys what is committed."""

    namespace: str = Field(default="argocd", description="Namespace in which it looks for applications.")
    repository: str = Field(
        default="", description="The GitOps repository as Argo CD names it; without: `repository.url`."
    )
    revision: str = Field(default="main", description="Branch that it deploys from.")
    cluster: str = Field(
        default="https://kubernetes.default.svc", description="Cluster of every environment, unless named."
    )
    clusters: dict[str, str] = Field(default={}, description="Cluster by environment.")


class Gateway(Part):
    """The gateway through which public services are reached."""

    name: str = Field(default="public", description="Name of the Gateway.")
    namespace: str = Field(default="istio-ingress", description="Its namespace.")
    domain: str = Field(
        default="", description="Domain below which public services get a name; empty: nothing can be public."
    )


class Database(Part):
    """The Crossplane claim that brings a PostgreSQL database."""

    api_version: str = Field(
        default="database.platform.example/v1alpha1", description="Of the claim, as Crossplane offers it."
    )
    kind: str = Field(default="PostgreSQLInstance", description="Of the claim.")
    provider: str = Field(default="default", description="Label `provider` of the composition to use.")
    networks: tuple[str, ...] = Field(
        default=("10.0.0.0/8",), min_length=1, description="Networks (CIDR) in which databases listen."
    )


class Platform(Part):
    """The clusters that services are made for."""

    production: tuple[str, ...] = Field(
        default=("production",), description="Environments that get production replicas and databases."
    )
    mesh: Literal["ambient", "sidecar"] = Field(default="ambient", description="Mode of the Istio mesh.")
    istio_cni: bool = Field(
        default=True, description="Whether the Istio CNI plugin is installed; sidecars need it here."
    )
    istio_namespace: str = Field(default="istio-system", description="Namespace of istiod.")
    pod_security: Literal["baseline", "restricted"] = Field(
        default="baseline",
        description="Pod Security Standard that namespaces enforce; restricted is warned about and audited.",
    )
    prometheus_namespace: str = Field(
        default="monitoring", description="Namespace that metrics are read from."
    )
    prometheus_labels: dict[str, str] = Field(
        default={}, description="Labels by which Prometheus selects monitors and rules."
    )
    gateway: Gateway = Field(default=Gateway(), description="The way in for public services.")
    database: Database = Field(default=Database(), description="The claim for a database.")
    argocd: ArgoCd = Field(default=ArgoCd(), description="What deploys.")

    @model_validator(mode="after")
    def _sidecars_start(self) -> "Platform":
        if self.mesh == "sidecar" and not self.istio_cni:
            raise ValueError(
                "mesh: sidecar needs istio_cni: true. Without the CNI plugin Istio adds an init container "
                f"with the capability NET_ADMIN, and the {self.pod_security} Pod Security Standard that the "
                "namespaces enforce rejects such pods"
            )
        return self


class Policy(Part):
    """What may be asked for. A request that breaks a rule is refused with its reason."""

    registries: tuple[str, ...] = Field(
        default=(), description="Beginnings of allowed images, such as registry.example.com/; empty: any."
    )
    environments: tuple[str, ...] = Field(
        default=("staging", "production"), description="Environments that exist."
    )
    sizes: dict[str, tuple[str, ...]] = Field(
        default={}, description="Allowed sizes by environment; one that is not named allows all."
    )
    exposures: dict[str, tuple[str, ...]] = Field(
        default={}, description="Allowed exposures by tier; one that is not named allows all."
    )
    signature_command: tuple[str, ...] = Field(
        default=(),
        description="Command that succeeds for a signed image, {image} filled in, such as [cosign, "
        "verify, --key, cosign.pub, '{image}']; empty: signatures are not checked.",
    )


class Events(Part):
    """Who is told how runs fare, besides the status that can be asked for."""

    cdevents_url: str = Field(
        default="", description="Address that takes CDEvents as CloudEvents over HTTP (structured JSON)."
    )
    otlp_url: str = Field(
        default="",
        description="Address of an OpenTelemetry collector, such as http://otel:4318; gets log events.",
    )
    token: SecretStr | None = Field(default=None, description="Bearer token for both, as ${VARIABLE}.")


class Templates(Part):
    """Where the actions come from."""

    directory: Path | None = Field(
        default=None,
        description="Folder of your own actions, one folder each; a shipped one of the same name gives way.",
    )
    time_saved: str = Field(
        default="",
        pattern=r"^$|^P(\d+D|(\d+D)?T(\d+H|(\d+H)?\d+M))$",
        description="Time that a request saves, in the catalogue entry (ISO 8601, such as PT4H); empty: the "
        "median of the touch time that was measured on tickets for the same action, where there is one.",
    )


class Repository(Part):
    """The GitOps repository that requests are committed to."""

    url: str = Field(
        default="",
        description="Path, ssh or https address; credentials in it as ${VARIABLE}, such as "
        "https://payoff:${GITOPS_TOKEN}@git.example.com/platform/gitops.git. Empty: no actions.",
    )
    branch: str = Field(default="main", pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", description="Its branch.")
    mode: Literal["commit", "pull_request"] = Field(
        default="commit", description="Commit to the branch, or to one of its own with a pull request."
    )
    forge: Literal["github", "gitlab", "none"] = Field(
        default="none",
        description="Who opens the pull request; none: the branch is pushed and a person opens it.",
    )
    api_url: str = Field(
        default="",
        description="Address of the forge's API; empty: https://api.github.com or https://gitlab.com.",
    )
    project: str = Field(default="", description="The repository as the forge names it, such as acme/gitops.")
    token: SecretStr | None = Field(default=None, description="Token for the forge's API, as ${VARIABLE}.")
    ssh_key: Path | None = Field(default=None, description="Private key for an ssh address.")
    known_hosts: Path | None = Field(
        default=None, description="Host keys that are trusted for an ssh address; empty: those of this user."
    )
    author: str = Field(
        default="Payoff <payoff@localhost>",
        pattern=r"^[^<>\n]+ <[^<>\s]+>$",
        description="Author of the commits.",
    )


class Review(Part):
    """The security review of a request."""

    tracker: Literal["jira", "servicenow", "github", "gitlab", "redmine", "request_tracker", "none"] = Field(
        default="none", description="Where the review ticket is opened; none: there is no review."
    )
    url: str = Field(default="", description="Address of the tracker.")
    project: str = Field(
        default="", description="Project, queue, table or repository in which the ticket is opened."
    )
    ticket_type: str = Field(default="Task", description="Issue type (Jira) or tracker id (Redmine).")
    token: SecretStr | None = Field(
        default=None,
        description="Token, or user:password where the tracker takes those (Jira Cloud, ServiceNow, Request "
        "Tracker), as ${VARIABLE}.",
    )
    hold: tuple[str, ...] = Field(
        default=(), description="Environments that are committed only once the ticket is approved."
    )
    approved: tuple[str, ...] = Field(
        default=("approved", "done", "closed", "resolved"),
        description="Statuses of the ticket that mean yes (in any case).",
    )
    rejected: tuple[str, ...] = Field(
        default=("rejected", "declined", "cancelled", "won't do"), description="Statuses that mean no."
    )

    @model_validator(mode="after")
    def _says_yes_somewhere(self) -> "Review":
        if self.hold and self.tracker == "none":
            raise ValueError("hold needs a tracker: without a ticket nobody can approve")
        if self.tracker != "none" and not (self.url and self.token):
            raise ValueError(f"tracker: {self.tracker} needs url and token")
        return self


class Actions(Part):
    """The self-service actions, such as deploy-service."""

    repository: Repository = Field(default=Repository(), description="Where requests are committed.")
    platform: Platform = Field(default=Platform(), description="The clusters that services are made for.")
    policy: Policy = Field(default=Policy(), description="What may be asked for.")
    review: Review = Field(default=Review(), description="The security review.")
    templates: Templates = Field(default=Templates(), description="Where the actions come from.")
    events: Events = Field(default=Events(), description="Who is told how runs fare.")
    ends_at: Literal["committed", "healthy"] = Field(
        default="committed",
        description="Stage in which a run counts as successful: healthy where Argo CD reports back.",
    )

    @property
    def filled_platform(self) -> Platform:
        """The platform with what it takes over from the repository."""
        argocd = self.platform.argocd
        repository = argocd.repository or re.sub(r"(?<=://)[^/@\s]+@", "", self.repository.url)
        filled = argocd.model_copy(update={"repository": repository})
        return self.platform.model_copy(update={"argocd": filled})


def as_plain(part: BaseModel) -> dict[str, Any]:
    """A part as plain values, for templates."""
    return part.model_dump(mode="json")
