"""What `payoff doctor` shows of a source with lists: the first page of each, read and judged, not stored.

A source says ``return previewed(self, self.context)`` in its ``preview``, and what its credentials are
where its API tells: the rest follows from its resources.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from collectors.base import (
    Context,
    Explaining,
    Finding,
    Limited,
    Page,
    Preview,
    Replayable,
    Resource,
    Source,
)
from collectors.errors import CollectorError, CredentialsError
from collectors.tally import Tally


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a token is, without naming a person: "an installation of the app payoff on acme".

    ``lacking`` names rights that it needs and does not have, in the provider's words.
    """

    text: str
    lacking: tuple[str, ...] = ()
    expires_at: datetime | None = None


def previewed(
    source: Source, context: Context, *, credentials: Callable[[], Credentials] | None = None, scopes: int = 3
) -> Preview:
    """Credentials, rights, the limit left, and what the first pages of a few scopes would count as.

    Parameters
    ----------
    credentials : asks the API who it talks to; without it, the lists alone tell.
    scopes : how many repositories, projects, … are looked at; every list is looked at once at least.

    Raises
    ------
    CollectorError : the source cannot say what there is to collect.
    """
    look = _Look(Tally(context.is_production))
    try:
        if credentials is not None:
            look.findings += _who(credentials(), context.now)
        resources = source.resources()
        chosen = _chosen(resources, scopes)
        look.read(chosen)
        look.findings += [_scope_finding(resources, chosen), *_limit_finding(chosen)]
    except CredentialsError as error:
        look.findings.append(Finding(False, str(error)))
    return look.preview()


def _who(found: Credentials, now: datetime) -> Iterator[Finding]:
    yield Finding(True, f"credentials: {found.text}")
    for right in found.lacking:
        yield Finding(False, f"the token lacks the right {right}.", "Give it that right.")
    if found.expires_at is not None:
        is_valid = found.expires_at > now
        word = "is valid until" if is_valid else "expired at"
        yield Finding(is_valid, f"the token {word} {found.expires_at:%Y-%m-%d %H:%M} UTC.")


def _chosen(resources: Sequence[Resource], scopes: int) -> list[Resource]:
    """Everything of the first scopes, and the first of each list that those do not have."""
    ids = list(dict.fromkeys(resource.scope_id for resource in resources))[:scopes]
    chosen = [resource for resource in resources if resource.scope_id in ids]
    names = {resource.name for resource in chosen}
    for resource in resources:
        if resource.name not in names:
            names.add(resource.name)
            chosen.append(resource)
    return chosen


def _scope_finding(resources: Sequence[Resource], chosen: Sequence[Resource]) -> Finding:
    total = list(dict.fromkeys(resource.scope_id for resource in resources))
    seen = list(dict.fromkeys(resource.scope_id.replace("*", "everything") for resource in chosen))
    if not total:
        return Finding(False, "nothing to collect.", "Check which projects its stanza names.")
    more = f"; {len(total) - len(seen):,} more would be collected" if len(total) > len(seen) else ""
    return Finding(True, f"looked at the newest page of each list of {', '.join(seen)}{more}")


def _limit_finding(resources: Sequence[Resource]) -> Iterator[Finding]:
    limited = [resource.requests_left() for resource in resources if isinstance(resource, Limited)]
    known = [left for left in limited if left is not None]
    if known:
        yield Finding(min(known) > 0, f"{min(known):,} requests left under the limit of the source")
    elif limited:
        yield Finding(True, "the source states no limit of requests")


@dataclass(slots=True)
class _Look:
    """What the pages that were read show, so far."""

    tally: Tally
    findings: list[Finding] = field(default_factory=list)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def read(self, resources: Sequence[Resource]) -> None:
        """The first page of each; a list that fails is a finding, bad credentials end it all."""
        n_items: Counter[str] = Counter()
        for resource in resources:
            try:
                page = _first_page(resource)
            except CredentialsError:
                raise
            except CollectorError as error:
                self.findings.append(Finding(False, str(error)))
                continue
            n_items[resource.name] += max(page.done, len(page.raw))
            self._judge(resource, page)
        self.findings += [
            Finding(True, f"{name.replace('_', ' ')}: can be read, {n:,} items looked at")
            for name, n in n_items.items()
        ]

    def _judge(self, resource: Resource, page: Page) -> None:
        for name, table in page.tables.items():
            self.tally.add(name, table)
        self.unread += [
            f"{resource.name} of {resource.scope_id}, item {skipped.item}: {skipped.reason}"
            for skipped in page.skipped
        ]
        for key, reason in _without_records(resource, page):
            place = resource.name.replace("_", " "), reason
            self.left_out[place] += 1
            self.examples.setdefault(place, key)

    def preview(self) -> Preview:
        """All of it."""
        not_counted = defaultdict(list, {name: list(found) for name, found in self.tally.not_counted.items()})
        for (name, reason), n in self.left_out.most_common():
            not_counted["anything"].append(
                f"{name}: {n:,} items, such as {self.examples[name, reason]} ({reason})"
            )
        return Preview(tuple(self.findings), self.tally.counted, dict(not_counted), tuple(self.unread))


def _first_page(resource: Resource) -> Page:
    pages = resource.pages(None)
    with closing(pages):  # type: ignore[type-var]
        return next(pages, Page())


def _without_records(resource: Resource, page: Page) -> Iterator[tuple[str, str]]:
    """Key and reason of every item that was read and gives no record."""
    if not (isinstance(resource, Replayable) and isinstance(resource, Explaining)):
        return
    unread = {skipped.item for skipped in page.skipped}
    for body in page.raw:
        if body.key not in unread and not resource.parse_raw(body):
            yield body.key, resource.why_left_out(body)
