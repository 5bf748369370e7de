"""`kind: pagerduty`: incidents of PagerDuty, with detection and resolution from their log.

Written against the REST API v2, https://developer.pagerduty.com/api-reference/ ("List incidents", "List log
entries", "List services", "List abilities"), read in November 2026. The list of incidents goes by creation
and tells nothing of edits. So each run also reads the log of the whole account since the last one,
and fetches again the incidents that it names; those that are open are fetched again in any case.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, partial
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from collectors.auth import BearerToken
from collectors.base import Context, Preview, Resource
from collectors.errors import RightError
from collectors.exchange import Request, Response
from collectors.http import Client
from collectors.pagerduty.items import Rules, incident, shape
from collectors.pagerduty.pages import PAGE, Windows
from collectors.pagination import START, Offset, Position, list_pages
from collectors.preview import Credentials, previewed
from collectors.rest import Edited, RestResource, Unfinished
from collectors.rest_details import Detail
from collectors.scrub import scrubber, shaped
from warehouse.records import Cause

_FIRST_RUN = timedelta(days=400)
_EVERYTHING = "*"
_PAGES = Offset("offset")
_RIGHT = "read access (a read-only REST API key, or incidents.read and services.read)"


class Config(BaseModel):
    """The keys of a `pagerduty` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(
        "https://api.pagerduty.com", description="Address of the API; in Europe https://api.eu.pagerduty.com."
    )
    token: SecretStr = Field(description="A read-only REST API key.")
    services: tuple[str, ...] = Field((), description="Ids of services that are collected; empty: all.")
    teams: tuple[str, ...] = Field((), description="Ids of teams whose services are collected; empty: all.")
    start_on: date | None = Field(
        None, description="First day that is collected; empty: 400 days before the first run."
    )
    urgencies: tuple[Literal["high", "low"], ...] = Field(
        ("high",), min_length=1, description="Urgencies that are incidents."
    )
    priorities: tuple[str, ...] = Field(
        (), description="Names of priorities that are incidents, such as P1; empty: any, and none."
    )
    severity_by: Literal["priority", "urgency"] = Field(
        "priority", description="What becomes the severity; one without a priority has none."
    )
    cause_field: str = Field("", description="Name of the custom field that states the cause.")
    causes: Mapping[str, Cause] = Field(
        default_factory=dict, description="Values of that field and the causes that they mean."
    )
    service_causes: Mapping[str, Cause] = Field(
        default_factory=dict,
        description="Ids of services whose incidents have a cause of their own, such as a provider's.",
    )
    deployment_field: str = Field(
        "", description="Name of the custom field with the id or the commit of the deployment that caused it."
    )

    @property
    def rules(self) -> Rules:
        """What counts, and how it is read."""
        return Rules(
            self.services,
            self.urgencies,
            self.priorities,
            self.severity_by,
            self.cause_field,
            self.causes,
            self.service_causes,
            self.deployment_field,
        )


def build(name: str, config: Config, context: Context) -> "PagerDutySource":
    """The source; nothing is fetched before it is asked for its resources."""
    return PagerDutySource(name, config, context)


@dataclass(frozen=True)
class PagerDutySource:
    """The incidents of an account, or of some of its services or teams."""

    name: str
    config: Config
    context: Context
    kind: str = field(default="pagerduty", init=False)

    def resources(self) -> Sequence[Resource]:
        """Incidents that are new or open, and those that the log names; the services are looked up."""
        return self._lists(tuple(self._services()))

    def resources_of(self, scope_id: str) -> Sequence[Resource]:
        """The same lists, without asking which services there are."""
        return self._lists(())

    def preview(self) -> Preview:
        """What the first pages show."""
        return previewed(self, self.context, credentials=self._credentials)

    def _credentials(self) -> Credentials:
        """That the key is let in; PagerDuty tells neither what a key may do nor when it ends."""
        # One of OAuth may be kept from the list of abilities and yet read incidents.
        with suppress(RightError):
            self._client.find(Request("abilities", what="the key itself"))
        return Credentials(f"a key for {urlsplit(self.config.url).hostname}")

    def _lists(self, services: tuple[str, ...]) -> Sequence[Resource]:
        return [self._incidents(services), self._changes()]

    def _incidents(self, services: tuple[str, ...]) -> RestResource:
        rules, windows = self.config.rules, Windows("incidents", self.context.now)
        return self._list(
            name="incidents",
            path=f"incidents{_query(self.config.services, self.config.teams)}",
            paginator=windows,
            items="incidents",
            params={"sort_by": "created_at:asc", "limit": str(PAGE)},
            # A service without incidents had none; one that PagerDuty does not watch is not known.
            also_covers=tuple(("incidents", service) for service in services),
            edited=Edited("created_at", "since", also=windows.first),
            unfinished=Unfinished(
                lambda item: item["status"] != "resolved" and not rules.why_left_out(item),
                lambda key: f"incidents/{key}",
                "incident",
            ),
            details=tuple(self._details()),
        )

    def _changes(self) -> RestResource:
        windows = Windows("log_entries", self.context.now, newest_first=True)
        whole = Detail("incident", lambda item: f"incidents/{item['id']}", items="incident")
        return self._list(
            name="incident_changes",
            path=f"log_entries{_query((), self.config.teams)}",
            paginator=windows,
            items="log_entries",
            params={"is_overview": "false", "limit": str(PAGE)},
            # What changed before the first run is in what that run collects.
            edited=Edited("created_at", "since", also=windows.first, only_from_now=True),
            narrow=_incidents_in,
            details=(whole, *self._details()),
            is_optional=True,
        )

    def _list(self, **rest: Any) -> RestResource:
        rules, start_on = self.config.rules, self.config.start_on
        return RestResource(
            client=self._client,
            scope_id=_EVERYTHING,
            key=lambda item: str(item["id"]),
            parse=partial(incident, rules=rules),
            scrub=shaped(shape(rules), scrubber(self.context.pseudonym)),
            now=self.context.now,
            begin=datetime.combine(start_on, time(), UTC) if start_on else self.context.now - _FIRST_RUN,
            right=_RIGHT,
            left_out=rules.why_left_out,
            **rest,
        )

    def _details(self) -> Iterator[Detail]:
        yield Detail(
            "log_entries",
            lambda item: f"incidents/{item['id']}/log_entries",
            _PAGES,
            "log_entries",
            {"is_overview": "false", "limit": str(PAGE)},
        )
        if self.config.rules.fields:
            yield Detail(
                "custom_fields",
                lambda item: f"incidents/{item['id']}/custom_fields/values",
                items="custom_fields",
            )

    def _services(self) -> Iterator[str]:
        """The ids of the services whose incidents are collected."""
        if self.config.services:
            yield from self.config.services
            return
        yield from self.titles()

    def titles(self) -> Mapping[str, str]:
        """The names of the services by their ids, for suggestions of what they mean."""
        path, what = f"services{_query((), self.config.teams)}", f"services of {self.name}"

        def fetch(position: Position) -> Response:
            return self._client.ask(Request(path, {"limit": str(PAGE), **position.params}, what, _RIGHT))

        found: dict[str, str] = {}
        for page in list_pages(_PAGES, fetch, "services", START, what):
            found |= {str(service["id"]): str(service.get("name") or "") for service in page.items}
        return found

    @cached_property
    def _client(self) -> Client:
        auth = BearerToken(
            lambda: f"token={self.config.token.get_secret_value().strip()}",
            scheme="Token",
            variable=self.context.variable("token"),
        )
        return Client(
            self.name,
            self.config.url,
            auth,
            headers={"Accept": "application/vnd.pagerduty+json;version=2"},
            sleep=self.context.sleep,
        )


def _query(services: Sequence[str], teams: Sequence[str]) -> str:
    """The part of an address that limits a list; its names occur several times."""
    named = [("service_ids[]", service) for service in services]
    named += [("team_ids[]", team) for team in teams]
    return f"?{urlencode(named)}" if named else ""


def _incidents_in(entries: Sequence[Any]) -> Sequence[Any]:
    """The incidents that entries of the log are about, each once; what is no entry stays, to be refused."""
    about: dict[str, Any] = {}
    for number, entry in enumerate(entries):
        found = entry.get("incident") if isinstance(entry, Mapping) else None
        if isinstance(found, Mapping) and "id" in found:
            about[str(found["id"])] = {"id": found["id"]}
        else:
            about[f"entry {number}"] = entry
    return list(about.values())
