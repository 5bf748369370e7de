"""The `config.yaml` that `payoff init` writes: what was found is on, the rest stands in comments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from collectors import registry
from service.onboarding.surroundings import TOKENS, Repository, Surroundings

_HEAD = """\
# Payoff, configured by `payoff init` from what it found here. Correct it, then run `payoff doctor`: it shows
# what would be counted before anything is stored. Every key and its default: docs/configuration.md
# Secrets are named as ${VARIABLE} or ${file:PATH}; they never stand in this file.
"""
_MORE = {
    "pagerduty": ({"name": "pager", "kind": "pagerduty"}, "incidents"),
    "jira": ({"name": "desk", "kind": "jira", "url": "https://acme.atlassian.net"}, "tickets"),
}


def configuration(found: Surroundings, folder: Path) -> str:
    """The text of the file; it can be loaded as it is."""
    return "\n".join(
        [
            _HEAD,
            *_organisation(found, folder),
            *_environments(found),
            *_catalogue(found),
            *_sources(found, folder),
        ]
    )


def _organisation(found: Surroundings, folder: Path) -> Iterator[str]:
    owners = [repository.path.partition("/")[0] for repository in found.repositories if repository.path]
    yield "organisation:"
    name = owners[0] if owners else folder.resolve().name
    yield f"  name: {_value(name)} # in the title of pages and reports"
    yield "  reporting_zone: UTC # where days begin, such as Europe/Berlin"
    yield "  currency: EUR"
    yield ""


def _environments(found: Surroundings) -> Iterator[str]:
    names = sorted({*found.production, "production", "prod"})
    others = [name for name in found.environments if name not in found.production]
    yield "environments:"
    if found.environments:
        yield f"  # The CI files name: {', '.join(found.environments)}"
    yield f"  production: {_value(names)}"
    if others:
        yield f"  # not production by their names: {', '.join(others)}"
    yield ""


def _catalogue(found: Surroundings) -> Iterator[str]:
    groups = {entity.name: entity.title for entity in found.owners.of_kind("group")}
    components = found.owners.of_kind("component")
    groups |= {entity.owner: "" for entity in components if entity.owner and entity.owner not in groups}
    if found.owners.owner:
        groups.setdefault(found.owners.owner, "")
    yield "# Teams and the services they own; from the Backstage catalogue and CODEOWNERS."
    yield "teams:" if groups else "teams: []"
    for team_id, title in sorted(groups.items()):
        yield f"  - {_value({'id': team_id} | ({'name': title} if title else {}))}"
    services = list(_services(found))
    yield "services:" if services else "services: []"
    yield from (f"  - {_value(service)}" for service in services)
    yield ""


def _services(found: Surroundings) -> Iterator[dict[str, str]]:
    components = found.owners.of_kind("component")
    for entity in components:
        repository = next(
            (entity.outside[key] for key in entity.outside if key.endswith("/project-slug")), ""
        )
        owner = entity.owner or found.owners.owner
        known = {"id": entity.name, "name": entity.title, "team": owner, "repository": repository}
        yield {key: value for key, value in known.items() if value}
    if not components and found.owners.owner and len(found.repositories) == 1:
        yield {"id": found.repositories[0].identifier, "team": found.owners.owner}


def _sources(found: Surroundings, folder: Path) -> Iterator[str]:
    forges = [forge for forge in ("github", "gitlab") if _repositories_of(found, forge)]
    asked = [forge for forge in forges if forge in found.tokens and forge in registry.KINDS]
    others = [repository for repository in found.repositories if repository.forge not in asked]
    is_any = bool(asked or others or any(kind in found.tokens for kind in _MORE))
    yield "sources:" if is_any else "sources: # none yet: `payoff doctor` says so"
    for forge in forges:
        yield from _forge(found, forge, is_active=forge in asked)
    for repository in others:
        yield from _git(repository, folder)
    for kind, (stanza, what) in _MORE.items():
        yield from _other(found, kind, stanza, what)
    yield "  # - {name: exports, kind: files, path: exports} # anything else, as files: docs/data-model.md"


def _repositories_of(found: Surroundings, forge: str) -> list[Repository]:
    return [repository for repository in found.repositories if repository.forge == forge]


def _forge(found: Surroundings, forge: str, *, is_active: bool) -> Iterator[str]:
    """Changes, deployments and incidents from the forge itself; in comments where no token is there."""
    repositories = _repositories_of(found, forge)
    variable = found.tokens.get(forge, TOKENS[forge][0])
    host = repositories[0].host
    lines = [f"- name: {forge}", f"  kind: {forge}", f"  token: ${{{variable}}}"]
    if forge == "github" and host != "github.com":
        lines.append(f"  url: https://{host}/api/v3")
    if forge == "gitlab" and host != "gitlab.com":
        lines.append(f"  url: https://{host}")
    key = "repositories" if forge == "github" else "projects"
    lines.append(
        f"  {key}: {_value([repository.path for repository in repositories if repository.host == host])}"
    )
    if not is_active:
        yield f"  # With a token in ${variable} the forge itself tells of changes, deployments and more:"
    yield from (f"  {'' if is_active else '# '}{line}" for line in lines)


def _git(repository: Repository, folder: Path) -> Iterator[str]:
    place = repository.folder.resolve()
    url = str(place.relative_to(folder.resolve())) if place.is_relative_to(folder.resolve()) else str(place)
    rule = {"tags": repository.tag_pattern} if repository.tag_pattern else {"merges_to": repository.branch}
    yield f"  - name: {_name(repository.identifier)}"
    yield "    kind: git"
    yield f"    url: {_value(url)} # this checkout; the address of the server works as well"
    yield f"    repo: {_value(repository.identifier)}"
    other = "merges_to: BRANCH" if repository.tag_pattern else "tags: PATTERN"
    yield f"    deployments: {_value(rule)} # or {other}"


def _other(found: Surroundings, kind: str, stanza: dict[str, str], what: str) -> Iterator[str]:
    variable = found.tokens.get(kind)
    mark = "" if variable and kind == "pagerduty" and kind in registry.KINDS else "# "
    written = {**stanza, "token": f"${{{variable or TOKENS[kind][0]}}}"}
    yield f"  {mark}- {_value(written)} # {what}"


def _name(identifier: str) -> str:
    return "".join(
        sign if (sign.isascii() and sign.isalnum()) or sign in "_.-" else "-" for sign in identifier
    ).strip("-")


def _value(value: Any) -> str:
    """A value as YAML on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True)
    return text.removesuffix("...\n").strip()
