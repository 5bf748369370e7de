"""Which service or team an outside name probably means: by the catalogue, or by a name that is like it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any, Literal

import yaml

from service.onboarding.owners_files import Entity
from warehouse.mentions import Unmapped

_LEAST = 0.72
# Words that say what a thing is and not which one.
_NOISE = {"app", "application", "cd", "ci", "deploy", "job", "pipeline", "prod", "production", "queue"}
_NOISE |= {"repo", "service", "squad", "svc", "team", "the"}
_QUEUES = "jira/project-key"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service or a team of ours, and everything that it is called by."""

    kind: Literal["service", "team"]
    identifier: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a name probably means, how sure that is (0 to 1), and why."""

    target: Candidate
    score: float
    reason: str


def suggested(
    item: Unmapped,
    candidates: Sequence[Candidate],
    entities: Iterable[Entity],
    title: str = "",
    owners: Mapping[str, str] = MappingProxyType({}),
) -> Suggestion | None:
    """The likeliest meaning of a name, ``title`` among people; ``None`` where nothing is like it.

    ``owners`` are the teams that own repositories, by the name of the repository: where no service is like
    one, its rows belong at least to the team.
    """
    fitting = [each for each in candidates if item.kind == "queue" or each.kind == item.kind]
    stated = _stated(item, fitting, entities)
    found = [stated] if stated else list(_alike((item.outside_id, title), fitting))
    if not found and item.kind == "service" and item.outside_id in owners:
        found = list(_owner(owners[item.outside_id], candidates))
    return max(found, key=lambda suggestion: suggestion.score, default=None)


def _owner(name: str, candidates: Sequence[Candidate]) -> Iterator[Suggestion]:
    teams = [candidate for candidate in candidates if candidate.kind == "team"]
    for alike in _alike((name,), teams):
        yield Suggestion(alike.target, alike.score, f"CODEOWNERS names {name}")


def stanza(item: Unmapped, suggestion: Suggestion | None, cost: str) -> str:
    """A line for `mapping:`, commented out where there is no suggestion."""
    entry: dict[str, Any] = {"source": item.source, "id": item.outside_id}
    if item.kind != "service":
        entry["kind"] = item.kind
    if suggestion is None:
        entry["team" if item.kind == "team" else "service"] = "?"
    else:
        entry[suggestion.target.kind] = suggestion.target.identifier
    text = yaml.safe_dump(entry, default_flow_style=True, sort_keys=False, width=10_000).strip()
    reason = f"{suggestion.reason}; {cost}" if suggestion else cost
    return f"  {'' if suggestion else '# '}- {text} # {reason}"


def _stated(item: Unmapped, candidates: Sequence[Candidate], entities: Iterable[Entity]) -> Suggestion | None:
    """What the catalogue says in so many words."""
    by_id = {candidate.identifier: candidate for candidate in candidates}
    for entity in entities:
        names = {name for key, name in entity.outside.items() if (key == _QUEUES) == (item.kind == "queue")}
        if entity.kind == "component" and item.outside_id in names:
            target = by_id.get(entity.name) or _likeliest(entity, candidates)
            if target is not None:
                return Suggestion(target, 1.0, f"the catalogue says so of {entity.name}")
    return None


def _likeliest(entity: Entity, candidates: Sequence[Candidate]) -> Candidate | None:
    found = list(_alike((entity.name, entity.title, *entity.outside.values()), candidates))
    return max(found, key=lambda suggestion: suggestion.score).target if found else None


def _alike(names: Iterable[str], candidates: Iterable[Candidate]) -> Iterator[Suggestion]:
    asked = [name for name in names if name]
    for candidate in candidates:
        for name in (candidate.identifier, *candidate.names):
            score = max((likeness(one, name) for one in asked), default=0.0)
            if score >= _LEAST:
                yield Suggestion(candidate, score, f"its name is like {name} ({score:.0%})")


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1, whatever their case, their separators and the words all have."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return 0.0
    return 1.0 if sorted(a) == sorted(b) else SequenceMatcher(None, " ".join(a), " ".join(b)).ratio()


def _words(name: str) -> list[str]:
    """The words of the last part of a path, without those that say nothing."""
    last = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name.rstrip("/").rpartition("/")[2])
    words = [word for word in re.split(r"[^a-z0-9]+", last.casefold()) if word]
    return [word for word in words if word not in _NOISE] or words
