"""The keys of a `git` source: which repository, what of it is a deployment, and its services."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collectors.git.repository import without_user


class Rule(BaseModel):
    """What counts as a deployment: exactly one of ``tags`` and ``merges_to``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tags: str | None = Field(
        None, description="Regular expression for the whole name of a tag; each such tag is a deployment."
    )
    merges_to: str | None = Field(
        None, description="Branch; whatever reaches it is a deployment at that moment."
    )

    @field_validator("tags")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.tags is None) == (self.merges_to is None):
            raise ValueError("needs exactly one of `tags` and `merges_to`")
        return self


class ServiceRule(BaseModel):
    """A service of the repository: where it lies in it, and its own rule where it is released by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    path: str | tuple[str, ...] = Field(
        (), description="Folder of the service in a monorepo, or several; empty: the whole repository."
    )
    deployments: Rule | None = Field(None, description="Its own rule; empty: that of the repository.")

    @property
    def paths(self) -> tuple[str, ...]:
        """The folders, as a list."""
        return (self.path,) if isinstance(self.path, str) else self.path


class Config(BaseModel):
    """The keys of a `git` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str = Field(
        min_length=1, repr=False, description="URL or path of the repository, or of a bundle file."
    )
    repo: str | None = Field(
        None, description="Identifier of the repository; empty: the last parts of `url`."
    )
    deployments: Rule = Field(description="What counts as a deployment to `environment`.")
    environment: str = Field("production", description="Environment that these deployments go to.")
    hotfix_tags: str | None = Field(
        None, description="Regular expression for the whole name of tags that are hotfixes; empty: unknown."
    )
    services: Mapping[str, ServiceRule] = Field(
        default_factory=dict,
        description="Services of the repository by identifier; empty: one, named like the repository.",
    )

    @property
    def repo_id(self) -> str:
        """``acme/shop`` for https://host/acme/shop.git; the folder's name for a path."""
        return self.repo or _named(self.url)


def _named(url: str) -> str:
    parts = urlsplit(without_user(url))
    path = parts.path if parts.scheme else url.rpartition(":")[2] if "@" in url else PurePosixPath(url).name
    return path.strip("/").removesuffix(".git").removesuffix(".bundle")
