"""What no single key can tell: identifiers that are given twice, and names that nobody has.

The checks read the plain values, so that they work beside errors of other kinds in the same file.
"""

from collections.abc import Iterator
from typing import Any

from service.configuration.errors import Location
from service.configuration.problems import nearest
from service.configuration.values import Document
from warehouse.coverage import EVERYTHING

_IDENTIFIED = {"teams": "id", "services": "id", "sources": "name"}


def report_doubled(document: Document) -> None:
    """Add a problem for every team, service or source whose identifier is given twice."""
    for section, key in _IDENTIFIED.items():
        seen: dict[str, Location] = {}
        for where, name in _named(document, section, key):
            if name in seen:
                first = document.line(seen[name])
                document.report(where, f"is given twice, first in line {first}; identifiers are unique")
            seen.setdefault(name, where)


def report_no_mail_server(document: Document) -> None:
    """Add a problem for every list of addresses where no mail server is named."""
    sections = document.data if isinstance(document.data, dict) else {}
    mail = sections.get("mail")
    if isinstance(mail, dict) and mail.get("host"):
        return
    senders = [(("alerts",), sections.get("alerts")), *_items(sections.get("digest"), "channels", "digest")]
    for where, item in senders:
        if isinstance(item, dict) and item.get("email_to"):
            document.report((*where, "email_to"), "needs a mail server; name it in `mail.host`")


def report_unknown(document: Document, *, has_other_catalogue: bool) -> None:
    """Add a problem for every team, service or source that is named and not listed.

    ``has_other_catalogue``: a source may bring teams and services of its own, so only sources are
    checked; what points nowhere after a collection is listed by `payoff doctor`.
    """
    known = {
        section: {name for _, name in _named(document, section, key)} for section, key in _IDENTIFIED.items()
    }
    for section, where, name in _mentions(document.data):
        if where in document.broken or name in known[section]:
            continue
        if section == "sources" or not has_other_catalogue:
            document.report(where, _nobody(section, name, known[section], where in document.references))


def _nobody(section: str, name: str, known: set[str], is_referenced: bool) -> str:
    kind = section.removesuffix("s")
    found = None if is_referenced else nearest(name, sorted(known))
    shown = "" if is_referenced else f" `{name}`"
    remedy = f"Did you mean `{found}`?" if found else f"Add it to `{section}`"
    return f"there is no {kind}{shown}. {remedy}"


def _items(data: Any, section: str, *below: str) -> Iterator[tuple[Location, dict[str, Any]]]:
    items = data.get(section) if isinstance(data, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield (*below, section, index), item


def _named(document: Document, section: str, key: str) -> Iterator[tuple[Location, str]]:
    for where, item in _items(document.data, section):
        if isinstance(item.get(key), str):
            yield (*where, key), item[key]


def _mentions(data: Any) -> Iterator[tuple[str, Location, str]]:
    """Every place that names a team, a service or a source: (section it is listed in, place, name)."""
    named = [
        *((where, item, "teams", "parent_team") for where, item in _items(data, "teams")),
        *((where, item, "teams", "team") for where, item in _items(data, "services")),
        *((where, item, "teams", "team") for where, item in _owners(data)),
        *((where, item, "teams", "team") for where, item in _items(data, "mapping")),
        *((where, item, "services", "service") for where, item in _items(data, "mapping")),
        *((where, item, "sources", "source") for where, item in _items(data, "mapping")),
        *((where, item, "teams", "scope") for where, item in _items(data, "assumptions")),
    ]
    for where, item, section, key in named:
        if isinstance(item.get(key), str) and item[key] != EVERYTHING:
            yield section, (*where, key), item[key]


def _owners(data: Any) -> Iterator[tuple[Location, dict[str, Any]]]:
    for where, service in _items(data, "services"):
        for (_, index), owner in _items(service, "owners"):
            yield (*where, "owners", index), owner
