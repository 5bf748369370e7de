"""The keys of a `jira` source."""

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from collectors.ticket_rules import IncidentRule, TicketRule

_FIELD = r"^(components|labels|customfield_\d+)$"


class Config(BaseModel):
    """The keys of a `jira` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(
        description="Address of the site, such as https://acme.atlassian.net; for tokens with scopes "
        "https://api.atlassian.com/ex/jira/CLOUD-ID."
    )
    site_url: str | None = Field(
        None, description="Address that links to issues begin with, where it is not `url`."
    )
    edition: Literal["cloud", "data_center"] = Field("cloud", description="Which Jira it is.")
    user: SecretStr | None = Field(
        None,
        description="E-mail address of the account, for a token of Cloud. Empty: the token stands alone.",
    )
    token: SecretStr = Field(
        description='API token (Cloud) or personal access token (Data Center); needs "Browse projects".'
    )
    projects: tuple[str, ...] = Field(
        (), description="Keys of the projects; empty: one list of all that the token may see."
    )
    boards: tuple[int, ...] = Field((), description="Numbers of boards whose issues are collected besides.")
    start: AwareDatetime = Field(
        description="Issues that were last edited before are left out; coverage begins here."
    )
    concurrency: int = Field(2, ge=1, le=16, description="How many lists are read at the same time.")
    tickets: tuple[TicketRule, ...] = Field((), description="Which tickets are of which type.")
    incidents: tuple[IncidentRule, ...] = Field(
        (), description="Which issues are incidents of production too."
    )
    incident_services: tuple[str, ...] = Field(
        (),
        description="Services whose incidents are all reported here; `*`: all services. Empty: nobody says "
        "so, and a fail rate stays unknown where no incident is found.",
    )
    request_type_field: str | None = Field(
        None, pattern=_FIELD, description="Custom field of the request type, such as customfield_10010."
    )
    team_field: str | None = Field(
        None, pattern=_FIELD, description="Field with the team that asks, as `mapping` or `teams` knows it."
    )
    service_field: str | None = Field(
        None, pattern=_FIELD, description="Field with the service, as `mapping` or `services` knows it."
    )
    queue_field: str | None = Field(
        None, pattern=_FIELD, description="Field with the queue; empty: the key of the project."
    )

    @field_validator("url", "site_url")
    @classmethod
    def _is_address(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).netloc):
            raise ValueError("is not an address that begins with https://")
        return url and url.rstrip("/")

    @model_validator(mode="after")
    def _request_types_are_known(self) -> Self:
        uses = any(rule.request_type for rule in (*self.tickets, *self.incidents))
        if uses and self.request_type_field is None:
            raise ValueError("a rule asks for `request_type`: name its field in `request_type_field`")
        return self

    @model_validator(mode="after")
    def _one_list_knows_all_incidents(self) -> Self:
        if self.incident_services and not self.incidents:
            raise ValueError("`incident_services` needs `incidents`: say which issues are incidents")
        if self.incident_services and len(self.projects or self.boards) > 1:
            raise ValueError(
                "`incident_services` needs a single project (or board), for none of several knows all "
                "incidents: make the project with the incidents a source of its own"
            )
        return self

    @property
    def custom_fields(self) -> tuple[str, ...]:
        """The fields that are asked for by configuration."""
        named = (self.request_type_field, self.team_field, self.service_field, self.queue_field)
        return tuple(dict.fromkeys(name for name in named if name))
