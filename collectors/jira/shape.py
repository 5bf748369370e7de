"""What is kept of an issue of Jira: times, words of the instance, and pseudonyms; no text of a person.

An issue holds people in dozens of places, and Data Center writes them in a form that nothing tells from
other objects (``{"name": "jdoe"}``). So nothing is removed here: the few things that are needed are copied.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from collectors.pagination import at
from collectors.rest_items import Item
from collectors.scrub import PERSON_NAMES, Scrub, scrubber

_IDENTITIES = ("accountId", "name", "key", "emailAddress")
_KEPT = ("created", "updated", "resolutiondate", "statuscategorychangedate")
_PERSON_SIGNS = PERSON_NAMES | {"accountId", "emailAddress", "accountType"}


def shaper(pseudonym: Callable[[str], str], custom_fields: Sequence[str]) -> Scrub:
    """A pure function from an issue, with its details, to what is kept of it.

    What is no issue at all loses everything but its type, for nobody knows what stands in it.
    """

    without_people = scrubber(pseudonym)

    def shape(issue: Any) -> Any:
        if not isinstance(issue, Mapping):
            return f"not an issue but {type(issue).__name__}"
        fields = _mapping(issue.get("fields"))
        kept = {
            "id": issue.get("id"),
            "key": issue.get("key"),
            "fields": {
                **{name: fields.get(name) for name in _KEPT},
                "project": at(fields, "project.key"),
                "issuetype": at(fields, "issuetype.name"),
                "status": at(fields, "status.name"),
                "category": at(fields, "status.statusCategory.key"),
                "priority": at(fields, "priority.name"),
                "labels": words_in(fields.get("labels")),
                "components": words_in(fields.get("components")),
                "reporter": _person(fields.get("reporter")),
                **{name: words_in(fields.get(name)) for name in custom_fields},
            },
            "histories": list(_histories(issue)),
            "comments": list(_comments(issue, fields)),
            "worklogs": list(_worklogs(issue, fields)),
        }
        return without_people(kept)

    return shape


def words_in(value: Any) -> list[str]:
    """The words of a field (a text, an option, a request type, a team, a list of them); never a person."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return [word for part in value for word in words_in(part)]
    if not isinstance(value, Mapping) or _PERSON_SIGNS & value.keys():
        return []
    return words_in(value.get("requestType") or value.get("value") or value.get("name") or value.get("title"))


def _person(value: Any) -> dict[str, Any] | None:
    """Who it is, in the form that `collectors.scrub` takes people out of; ``None`` where nobody knows."""
    person = _mapping(value)
    found = next((str(person[key]) for key in _IDENTITIES if person.get(key)), None)
    return None if found is None else {"accountId": found, "accountType": person.get("accountType")}


def _histories(issue: Item) -> Iterator[dict[str, Any]]:
    """The changes of status; a history that did not fit into the list comes as a detail of its own."""
    found = issue.get("all_histories") or at(issue, "changelog.histories")
    for history in _list(found):
        for item in _list(history.get("items")):
            if item.get("field") == "status":
                yield {
                    "at": history.get("created"),
                    "by": _person(history.get("author")),
                    "from": item.get("fromString"),
                    "to": item.get("toString"),
                }


def _comments(issue: Item, fields: Item) -> Iterator[dict[str, Any]]:
    for comment in _list(issue.get("all_comments") or at(fields, "comment.comments")):
        yield {
            "at": comment.get("created"),
            "by": _person(comment.get("author")),
            "is_public": comment.get("jsdPublic") is not False,
        }


def _worklogs(issue: Item, fields: Item) -> Iterator[dict[str, Any]]:
    for worklog in _list(issue.get("all_worklogs") or at(fields, "worklog.worklogs")):
        yield {"at": worklog.get("started"), "seconds": worklog.get("timeSpentSeconds")}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []
