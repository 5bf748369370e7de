"""What all lists of GitHub have in common: pages, the time they begin, and how details are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from collectors.base import Context
from collectors.github.config import Config
from collectors.http import Client
from collectors.pagination import Connection, LinkHeader
from collectors.rest import RestResource
from collectors.rest_details import Detail
from collectors.rest_items import Item
from collectors.times import moment

LINKS = LinkHeader()
_FIRST_RUN = timedelta(days=400)
# A run ends after 35 days at the latest, and nobody tells GitHub how an older deployment went.
_GIVE_UP = timedelta(days=90)


@dataclass(frozen=True)
class Maker:
    """Makes a list of either API; ``graphql`` is a client of its own, since its limit is another one."""

    config: Config
    context: Context
    rest: Client
    graphql: Client

    def rest_list(self, name: str, scope_id: str, **rest: Any) -> RestResource:
        """A list of the REST API."""
        params = rest.pop("params", {}) | self.size
        given = {"key": lambda item: str(item["id"]), "paginator": LINKS, "client": self.rest, **rest}
        return RestResource(
            name=name, scope_id=scope_id, params=params, now=self.context.now, begin=self._begin, **given
        )

    def of_repository(
        self, name: str, repository: str, connection: str, query: str, **rest: Any
    ) -> RestResource:
        """A connection of a repository, of the GraphQL API."""
        owner, _, short = repository.partition("/")
        path = f"data.repository.{connection}"
        return self.connection(name, repository, path, query, {"owner": owner, "name": short}, **rest)

    def connection(
        self, name: str, scope_id: str, path: str, query: str, variables: Mapping[str, str], **rest: Any
    ) -> RestResource:
        """A connection of the GraphQL API."""
        return RestResource(
            client=self.graphql,
            name=name,
            scope_id=scope_id,
            path=self.config.graphql,
            query=query,
            params={**variables, "first": self.config.page_size},
            paginator=Connection(path),
            items=f"{path}.nodes",
            now=self.context.now,
            begin=self._begin,
            **rest,
        )

    def may_end(self, status: Callable[[Item], str]) -> Callable[[Item], bool]:
        """Whether an item may still end by itself, or by an approval."""
        oldest = self.context.now - _GIVE_UP
        return lambda item: (
            status(item) in ("in_progress", "awaiting_approval") and moment(item["created_at"]) >= oldest
        )

    def per_item(self, name: str, path: str, right: str) -> Detail:
        """A list of each item; ``path`` holds its fields in braces."""
        return Detail(name, path.format_map, LINKS, params=self.size, right=right)

    def whole(self, name: str, path: str, right: str) -> Detail:
        """The whole list where a query gave only its beginning."""

        def address(item: Item) -> str:
            return path.format(item["number"]) if item[name]["pageInfo"]["hasNextPage"] else ""

        return Detail(f"all_{name}", address, LINKS, params=self.size, right=right)

    @property
    def size(self) -> dict[str, str]:
        """The parameter that says how long a page is."""
        return {"per_page": str(self.config.page_size)}

    @property
    def _begin(self) -> datetime:
        start_on = self.config.start_on
        return datetime.combine(start_on, time(), UTC) if start_on else self.context.now - _FIRST_RUN
