"""`kind: git`: commits and deployments of any Git repository, by URL, path or bundle.

The whole commit graph comes with one clone; deployments are tags that match a pattern, or what reached a
branch. In a monorepo every service has its paths and, where it is released by itself, its own rule.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from collectors.base import Context, Cursor, Finding, Page, Preview, Resource, Skipped
from collectors.errors import FatalError
from collectors.git.config import Config, Rule, ServiceRule
from collectors.git.deployments import Release, branches, merged, tagged, tags
from collectors.git.history import commit_tables, count_commits, first_commit_seconds, path_table, tips
from collectors.git.repository import Repository
from collectors.git.urls import commit_url, tag_url
from warehouse.records import Coverage, Deployment, Service, to_tables

__all__ = ["Config", "GitSource", "build"]
_SAMPLES = 5


def build(name: str, config: Config, context: Context) -> "GitSource":
    """The source; nothing is fetched before it is asked for pages or a preview."""
    return GitSource(name, config, context)


class GitSource:
    """One repository with its services."""

    kind = "git"

    def __init__(self, name: str, config: Config, context: Context) -> None:
        self.name = name
        self.config = config
        self.context = context
        self.repo_id = config.repo_id
        self.services = dict(config.services) or {self.repo_id: ServiceRule.model_validate({})}
        has_paths = any(rule.paths for rule in self.services.values())
        self.repository = Repository(name, config.url, context.cache_dir, with_trees=has_paths)

    def resources(self) -> Sequence[Resource]:
        return (Commits(self), Deployments(self))

    def rule_of(self, service_id: str) -> Rule:
        """The rule by which a service is deployed."""
        return self.services[service_id].deployments or self.config.deployments

    def releases(self, service_id: str) -> list[Release]:
        """The deployments of a service, oldest first.

        Raises
        ------
        FatalError : the pattern matches no tag, or the branch is not there; it says what there is.
        """
        rule = self.rule_of(service_id)
        if rule.merges_to is not None:
            self._require_branch(rule.merges_to)
            return merged(self.repository, rule.merges_to, self.services[service_id].paths)
        found, _ = tags(self.repository)
        matching = tagged(found, rule.tags or "")
        if not matching:
            newest = ", ".join(release.name for release in reversed(found[-_SAMPLES:])) or "none at all"
            raise FatalError(
                f"{self.name}: {self.repo_id}: no tag matches {rule.tags!r}, so {service_id} has no "
                f"deployment. Newest tags: {newest}. Correct deployments.tags, or use merges_to."
            )
        return matching

    def _require_branch(self, branch: str) -> None:
        names = branches(self.repository)
        if branch not in names:
            raise FatalError(
                f"{self.name}: {self.repo_id} has no branch {branch!r}. Branches: "
                f"{', '.join(names[:_SAMPLES]) or 'none'}. Correct deployments.merges_to."
            )

    def deployment(self, service_id: str, release: Release) -> Deployment:
        """A release as a deployment; rollbacks are left to ancestry."""
        is_tag = release.name != release.sha
        suffix = f":{service_id}" if len(self.services) > 1 else ""
        pattern = self.config.hotfix_tags
        url = tag_url if is_tag else commit_url
        return Deployment(
            deployment_id=f"{self.repo_id}@{release.name}{suffix}",
            service_id=service_id,
            environment=self.config.environment,
            status="success",
            sha=release.sha,
            finished_at=release.at,
            reached_production=True,
            trigger="tag" if is_tag else "merge",
            is_hotfix=re.fullmatch(pattern, release.name) is not None if pattern and is_tag else None,
            url=url(self.config.url, release.name),
        )

    def preview(self) -> Preview:
        """Reach the repository and show what would count; raises what collecting would raise."""
        self.repository.sync()
        found, others = tags(self.repository)
        counted: dict[str, list[str]] = {}
        findings = [Finding(True, f"{self.repo_id}: {count_commits(self.repository, ()):,} commits")]
        for service_id in self.services:
            try:
                releases = self.releases(service_id)
            except FatalError as error:
                findings.append(Finding(False, str(error)))
                continue
            counted[f"deployments of {service_id} to {self.config.environment}"] = [
                f"{release.name}  {release.at:%Y-%m-%d %H:%M} UTC" for release in reversed(releases)
            ]
        if not self.context.is_production(self.config.environment):
            findings.append(
                Finding(
                    False,
                    f"environment {self.config.environment!r} is not production, so nothing counts.",
                    "Add it to environments.production, or correct it here.",
                )
            )
        return Preview(tuple(findings), counted, {"deployments": self._left_out(found, others)})

    def _left_out(self, found: Sequence[Release], others: Sequence[str]) -> list[str]:
        patterns = [re.compile(rule.tags) for rule in map(self.rule_of, self.services) if rule.tags]
        if not patterns:
            return []
        unmatched = [r.name for r in reversed(found) if not any(p.fullmatch(r.name) for p in patterns)]
        return [f"{name}  (no pattern matches)" for name in unmatched] + [
            f"{name}  (is not the tag of a commit)" for name in others
        ]


@dataclass(frozen=True, slots=True)
class Commits:
    """The commit graph, and the services that it holds."""

    source: GitSource
    name: str = "commits"

    @property
    def scope_id(self) -> str:
        return self.source.repo_id

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """New commits; then, as the last page, services, paths and coverage."""
        repository, repo_id = self.source.repository, self.source.repo_id
        repository.sync()
        now_at, known = tips(repository), list((cursor or {}).get("tips", ()))
        if now_at != known:
            total, done = count_commits(repository, known), 0
            for table in commit_tables(repository, repo_id, known, self.source.context.pseudonym):
                done += table.num_rows
                yield Page(tables={"commits": table}, done=done, total=total)
        yield self._last_page(now_at, is_first=cursor is None, is_new=now_at != known)

    def _last_page(self, now_at: Sequence[str], *, is_first: bool, is_new: bool) -> Page:
        source = self.source
        # Teams and tiers may come from elsewhere, so a service is told of once and then left alone.
        tables = dict(to_tables(self._services())) if is_first else {}
        if is_new:
            paths = [
                path_table(source.repository, source.repo_id, service_id, rule.paths)
                for service_id, rule in source.services.items()
                if rule.paths
            ]
            if paths:
                tables["commit_paths"] = pa.concat_tables(paths)
        began = first_commit_seconds(source.repository)
        assert began is not None  # noqa: S101  a repository with a branch or tag has a root
        coverage = Coverage("commits", datetime.fromtimestamp(began, UTC), source.context.now, source.repo_id)
        return Page(tables=tables, cursor={"tips": list(now_at)}, coverage=(coverage,))

    def _services(self) -> list[Service]:
        source = self.source
        began = {
            service_id: first_commit_seconds(source.repository, rule.paths)
            for service_id, rule in source.services.items()
        }
        return [
            Service(
                service_id=service_id,
                repo_id=source.repo_id,
                created_at=None if seconds is None else datetime.fromtimestamp(seconds, UTC),
            )
            for service_id, seconds in began.items()
        ]


@dataclass(frozen=True, slots=True)
class Deployments:
    """The deployments of every service of the repository."""

    source: GitSource
    name: str = "deployments"

    @property
    def scope_id(self) -> str:
        return self.source.repo_id

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """One page: all deployments where something changed since the cursor, coverage in any case."""
        source = self.source
        source.repository.sync()
        releases = {service_id: source.releases(service_id) for service_id in source.services}
        digest = hashlib.sha256(repr((releases, source.config.environment)).encode()).hexdigest()
        is_new = digest != (cursor or {}).get("digest")
        rows = [
            source.deployment(service_id, release)
            for service_id, found in releases.items()
            for release in (found if is_new else ())
        ]
        yield Page.of(
            rows,
            cursor={"digest": digest},
            # Before its first deployment nothing is known of how a service went out.
            coverage=tuple(
                Coverage("deployments", found[0].at, source.context.now, service_id)
                for service_id, found in releases.items()
                if found and found[0].at < source.context.now
            ),
            skipped=tuple(
                Skipped(f"tag {name}", "it points to no commit") for name in tags(source.repository)[1]
            ),
            done=len(rows),
            total=len(rows),
        )
