"""`kind: github`: pull requests, deployments, workflow runs, releases, issues, teams and owners of GitHub.

Written against the REST API, version 2022-11-28 (Enterprise Server does not know 2026-03-10 yet), and the
GraphQL API, as documented in November 2026: https://docs.github.com/en/rest and
https://docs.github.com/en/graphql. The pages for each item stand in `collectors.github.items`,
`collectors.github.runs` and `collectors.github.queries`; the limits in `collectors.limits`.

Lists come newest edit first, or newest first where GitHub knows no other order (runs, deployments, releases);
of those, what had not ended is asked for again. Filters of the list of runs are not used: they end it after
1,000 results.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from collectors.auth import BearerToken
from collectors.base import Context, Preview, Resource
from collectors.exchange import Request
from collectors.github import shapes
from collectors.github.app import Installation
from collectors.github.config import Config
from collectors.github.lists import Lists
from collectors.github.repositories import Repositories, discovered
from collectors.http import Client
from collectors.preview import Credentials, previewed
from collectors.rest_items import Item

__all__ = ["Config", "GitHubSource", "build"]

VERSION = "2022-11-28"
EVERYTHING = "*"


def build(name: str, config: Config, context: Context) -> "GitHubSource":
    """The source; nothing is fetched before it is asked for its resources."""
    return GitHubSource(name, config, context)


@dataclass(frozen=True)
class GitHubSource:
    """An organisation, or some repositories, of one GitHub."""

    name: str
    config: Config
    context: Context
    kind: str = field(default="github", init=False)

    @property
    def concurrency(self) -> int:
        """How many lists are read at once."""
        return self.config.concurrency

    def resources(self) -> Sequence[Resource]:
        """The lists of every repository there is now, their owners, and the teams."""
        config = self.config
        found = discovered(
            self._client,
            config.org,
            config.repositories,
            config.include,
            config.exclude,
            archived=config.archived,
            in_full=config.catalogue,
        )
        lists = self._lists
        made: list[Resource] = [one for item in found for one in lists.of(item["full_name"])]
        if config.catalogue:
            made.insert(0, self._repositories(found))
        if config.teams and config.org:
            made.append(lists.teams(config.org))
        return made

    def resources_of(self, scope_id: str) -> Sequence[Resource]:
        """The lists of one repository, of the organisation or of all, without asking what there is."""
        if scope_id == EVERYTHING:
            return [self._repositories(())]
        return (
            [self._lists.teams(scope_id)] if scope_id == self.config.org else list(self._lists.of(scope_id))
        )

    def preview(self) -> Preview:
        """What the first pages show; they are kept short, for items may cost further requests."""
        size = min(self.config.page_size, 20)
        short = replace(self, config=self.config.model_copy(update={"page_size": size}))
        return previewed(short, self.context, credentials=self._credentials)

    def _credentials(self) -> Credentials:
        """What the token may do, as far as GitHub says: the scopes of a classic one, and when it ends."""
        headers = self._client.ask(Request("rate_limit", what="the token itself")).headers
        ends = headers.get("github-authentication-token-expiration", "")
        told = headers.get("x-oauth-scopes")
        scopes = {word.strip() for word in (told or "").split(",") if word.strip()}
        needed = {"repo", *(["read:org"] if self.config.teams else [])}
        has = scopes | ({"read:org"} if scopes & {"admin:org", "write:org"} else set())
        who = f"the App {self.config.app_id}" if self.config.app_id else "a token"
        with_scopes = f" with {', '.join(sorted(scopes))}" if scopes else ""
        return Credentials(
            f"{who} for {self.config.url}{with_scopes}",
            tuple(sorted(needed - has)) if told is not None else (),
            datetime.strptime(ends.removesuffix(" UTC"), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            if ends.endswith(" UTC")
            else None,
        )

    def _repositories(self, found: Sequence[Item]) -> Repositories:
        scrub = shapes.scrubbed(shapes.repository, self._lists.people)
        return Repositories(self._client, found, scrub, self.context.now, scope_id=EVERYTHING)

    @cached_property
    def _lists(self) -> Lists:
        return Lists(self.config, self.context, self._client, self._make_client())

    @cached_property
    def _client(self) -> Client:
        return self._make_client()

    def _make_client(self) -> Client:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
        return Client(self.name, self.config.url, self._auth, headers=headers, sleep=self.context.sleep)

    @cached_property
    def _auth(self) -> BearerToken:
        config = self.config
        if config.token is not None:
            return BearerToken(config.token.get_secret_value, variable=self.context.variable("token"))
        assert config.app_id is not None  # noqa: S101 - `Config` has seen to it
        assert config.private_key is not None  # noqa: S101
        return Installation(
            self.name,
            config.url,
            config.app_id,
            config.private_key.get_secret_value(),
            installation_id=config.installation_id,
            org=config.org,
            sleep=self.context.sleep,
            variable=self.context.variable("private_key"),
        ).auth()
