"""Which repositories of GitHub are collected, found again each run, and the services that they are."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from collectors.base import Cursor, Page, RawBody
from collectors.errors import FatalError
from collectors.exchange import Request, Response
from collectors.github.items import repository
from collectors.github.shapes import OWNER_FILES
from collectors.http import Client
from collectors.pagination import START, LinkHeader, Position, list_pages
from collectors.rest_details import Completion, Detail
from collectors.rest_items import Item, Reading, parsed, read_items
from collectors.rest_state import State
from collectors.scrub import Scrub
from collectors.ticket_rules import Names
from collectors.times import moment
from warehouse.names import any_matches
from warehouse.records import Record

RIGHT = "Metadata: read"
_PER_PAGE = 50


def discovered(
    client: Client,
    org: str | None,
    named: Sequence[str],
    include: Names,
    exclude: Names,
    *,
    archived: bool = False,
    in_full: bool = False,
) -> list[Item]:
    """The repositories of the organisation that are chosen, and the named ones, each once, by name.

    Of a named one only its name is known, unless all are wanted ``in_full``.

    Raises
    ------
    FatalError : there is no such organisation or repository, or the token cannot see it.
    """
    found: dict[str, Item] = {
        name: _named(client, name) if in_full else {"full_name": name} for name in named
    }
    if org:
        for item in _of_org(client, org):
            name = item["full_name"]
            is_included = not include or any_matches(include, name)
            if is_included and not any_matches(exclude, name) and (archived or not item["archived"]):
                found[name] = item
    return [found[name] for name in sorted(found)]


def _named(client: Client, name: str) -> Item:
    # As it is written: a repository that has moved keeps the name under which its rows are known.
    data = client.ask(Request(f"repos/{name}", what=f"the repository {name}", right=RIGHT)).data
    return {**data, "full_name": name}


def _of_org(client: Client, org: str) -> Iterator[Item]:
    what = f"repositories of {org}"
    params = {"type": "all", "sort": "full_name", "per_page": "100"}

    def fetch(position: Position) -> Response:
        path = position.link or f"orgs/{org}/repos"
        response = client.find(Request(path, {} if position.link else params, what, RIGHT))
        if response is None:
            raise FatalError(
                f"{client.source}: there is no organisation {org}, or the token cannot see it. Check `org`."
            )
        return response

    for page in list_pages(LinkHeader(), fetch, "", START, f"{client.source}: {what}"):
        yield from page.items


@dataclass(frozen=True, slots=True)
class Repositories:
    """The services that the repositories are; implements `collectors.base.Resource` and `Replayable`.

    CODEOWNERS is asked for again only where something was pushed since the last run.
    """

    client: Client
    found: Sequence[Item]
    scrub: Scrub
    now: datetime
    name: str = "repositories"
    scope_id: str = "*"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages of services with their owners."""
        since = State.from_cursor(cursor).since
        pushed = [item for item in self.found if since is None or _pushed_at(item) >= since]
        done = State(since=self.now).as_cursor()
        for first in range(0, len(pushed), _PER_PAGE):
            before = self.client.requests
            completion = Completion(self.client, _owner_files(), "the repositories")
            items = [completion.of(item) for item in pushed[first : first + _PER_PAGE]]
            read = read_items(items, Reading(self.scrub, _key, repository, lambda item: False), self.now)
            is_last = first + _PER_PAGE >= len(pushed)
            yield Page.of(
                read.records,
                cursor=done if is_last else None,
                raw=read.raw,
                skipped=read.skipped,
                requests=self.client.requests - before,
                done=first + len(items),
                total=len(pushed),
            )
        if not pushed:
            yield Page(cursor=done)

    def parse_raw(self, body: RawBody) -> Sequence[Record]:
        """The service of a kept repository."""
        return parsed(json.loads(body.body), repository)


def _owner_files() -> tuple[Detail, ...]:
    return tuple(
        Detail(name, lambda item, file=file: _path(item, file), right="Contents: read")  # type: ignore[misc]
        for name, file in OWNER_FILES.items()
    )


def _path(item: Mapping[str, Any], file: str) -> str:
    """The address of a file, unless one that comes before it is there."""
    is_known = any(item.get(name) for name in OWNER_FILES)
    return "" if is_known else f"repos/{item['full_name']}/contents/{quote(file, safe='')}"


def _key(item: Item) -> str:
    return str(item["full_name"])


def _pushed_at(item: Item) -> datetime:
    """When somebody last pushed; one that is empty is looked at each time."""
    return moment(item["pushed_at"]) if item.get("pushed_at") else datetime.max.replace(tzinfo=UTC)
