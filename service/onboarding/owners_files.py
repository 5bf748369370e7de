"""What the files of a folder say of services and owners: CODEOWNERS and the Backstage catalogue.

Written against GitHub's and GitLab's pages on code owners and Backstage's "Descriptor Format of Catalog
Entities" (v1). Owners that are people are left out: only teams own services here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_CODEOWNERS = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS")
_CATALOGUES = ("catalog-info.yaml", "catalog-info.yml")
_NOT_LOOKED_INTO = frozenset({".git", ".venv", "node_modules", "vendor", "target", "dist"})
_DEEPEST = 4
# What a component is called elsewhere: https://backstage.io/docs/features/software-catalog/well-known-annotations
OUTSIDE_NAMES = (
    "github.com/project-slug",
    "gitlab.com/project-slug",
    "pagerduty.com/service-id",
    "argocd/app-name",
    "jira/project-key",
)
_TEAM = re.compile(r"@([\w.-]+(?:/[\w.-]+)+)")


@dataclass(frozen=True, slots=True)
class Entity:
    """A component or a group of a catalogue; ``outside`` are its names in other tools, by annotation."""

    kind: str
    name: str
    title: str = ""
    owner: str = ""
    outside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnersFiles:
    """What was found: entities, the team that owns the whole repository, files that cannot be read."""

    entities: tuple[Entity, ...] = ()
    owner: str = ""
    unread: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> tuple[Entity, ...]:
        """The entities of a kind, such as component or group."""
        return tuple(entity for entity in self.entities if entity.kind == kind)


def read_owners_files(folder: Path) -> OwnersFiles:
    """What the catalogue files below a folder and its CODEOWNERS say."""
    entities: list[Entity] = []
    unread: list[str] = []
    for path in sorted(_catalogues(folder, _DEEPEST)):
        try:
            entities += _entities(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            unread.append(str(path))
    return OwnersFiles(tuple(entities), _whole_owner(folder), tuple(unread))


def _catalogues(folder: Path, depth: int) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in _CATALOGUES and path.is_file():
            yield path
        elif depth and path.is_dir() and not path.is_symlink() and path.name not in _NOT_LOOKED_INTO:
            yield from _catalogues(path, depth - 1)


def _entities(text: str) -> Iterator[Entity]:
    for document in yaml.safe_load_all(text):
        if not isinstance(document, dict) or not str(document.get("apiVersion", "")).startswith(
            "backstage.io/"
        ):
            continue
        metadata, spec = document.get("metadata") or {}, document.get("spec") or {}
        if isinstance(metadata, dict) and isinstance(spec, dict) and metadata.get("name"):
            yield _entity(str(document.get("kind", "")).lower(), metadata, spec)


def _entity(kind: str, metadata: Mapping[str, Any], spec: Mapping[str, Any]) -> Entity:
    annotations = metadata.get("annotations") or {}
    owner = str(spec.get("owner") or "")
    return Entity(
        kind,
        str(metadata["name"]),
        str(metadata.get("title") or ""),
        "" if owner.startswith("user:") else owner.rpartition(":")[2].rpartition("/")[2],
        {name: str(annotations[name]) for name in OUTSIDE_NAMES if annotations.get(name)},
    )


def _whole_owner(folder: Path) -> str:
    """The team behind ``*``; the last such line wins, as everywhere in the file."""
    for name in _CODEOWNERS:
        path = folder / name
        if path.is_file():
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            owners = [line for line in lines if line.split()[:1] == ["*"]]
            found = _TEAM.search(owners[-1]) if owners else None
            return found[1] if found else ""
    return ""
