"""Linking agrees with git on real repositories: written from a seed, and one recorded with its truth."""

import csv
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from benchmarks import link_oracle
from tests.warehouse import links_git as git
from tests.warehouse.links_history import Roll, first_places
from tests.warehouse.links_oracle import expected_places, expected_rollbacks
from tests.warehouse.links_world import at, linked
from warehouse.links.containment import first_containing
from warehouse.links.graph import commit_graph, condense
from warehouse.records import Change, Commit, Deployment, Service

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "recordings" / "git"
needs_recording = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"the recorded repository is not at {RECORDED}"
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_git_itself_finds_the_same_first_deployments_and_rollbacks(tmp_path: Path, seed: int) -> None:
    shas = git.write_history(tmp_path / "r.git", n_commits=24, seed=seed)
    rolls = [Roll(sha) for sha in random.Random(seed).sample(shas, 8)]

    def ask(older: str, newer: str) -> bool:
        return git.is_ancestor(tmp_path / "r.git", older, newer)

    assert any(expected_rollbacks(rolls, ask)), "the seed must give a rollback"
    parents = {commit.sha: commit.parents for commit in git.commits(tmp_path / "r.git")}
    assert len(parents) == len(shas)
    assert first_places(parents, rolls) == expected_places(list(parents), rolls, "shop", ask)


def test_rev_list_per_deployment_finds_the_same(tmp_path: Path) -> None:
    shas = git.write_history(tmp_path / "r.git", n_commits=60, seed=4)
    for i, sha in enumerate(random.Random(4).sample(shas, 12)):
        git.git(tmp_path / "r.git", "tag", f"v{i}", sha)
    deployments = link_oracle.read_deployments(tmp_path / "r.git", "tags", "")
    ours = link_oracle.by_linking(link_oracle.read_commits(tmp_path / "r.git"), deployments)
    assert len(deployments) == 12
    assert ours == link_oracle.by_rev_list(tmp_path / "r.git", deployments)


@pytest.fixture(scope="module")
def ants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return git.clone(RECORDED / "ants.bundle", tmp_path_factory.mktemp("ants") / "ants.git")


def truth(name: str) -> dict[str, Any]:
    sets: dict[str, dict[str, Any]] = json.loads((RECORDED / "ants_truth.json").read_text())["sets"]
    return sets[name]


def tags_of(ants: Path, pattern: str) -> list[git.Tag]:
    chosen = re.compile(pattern if pattern.startswith("^") else "")
    return [tag for tag in git.tags(ants) if chosen.search(tag.name)]


def hours(values: list[float]) -> float:
    return round(float(np.median(values)) / 3600, 4)


@needs_recording
@pytest.mark.parametrize("name", ["all_tags", "release_tags"])
def test_the_recorded_truth_of_every_tag_is_reproduced_exactly(ants: Path, name: str) -> None:
    expected = truth(name)
    tags, commits = tags_of(ants, expected["pattern"]), git.commits(ants)
    assert len(tags) == expected["tags"]
    graph = commit_graph("ants", pa.array([c.sha for c in commits]), pa.array([c.parents for c in commits]))
    tips = graph.nodes(pa.array([tag.sha for tag in tags]))
    first = first_containing(condense(graph, tips), tips, np.arange(len(tags))).tolist()
    for place, (tag, row) in enumerate(zip(tags, expected["per_tag"], strict=True)):
        own = [commit for commit, rank in zip(commits, first, strict=True) if rank == place]
        assert (tag.name, tag.sha) == (row["tag"], row["commit"])
        assert len(own) == row["commits_first_contained"], tag.name
        assert sum(" " in commit.parents for commit in own) == row["merges_first_contained"], tag.name
        if own:
            assert hours([tag.created - c.committed for c in own]) == row["median_lead_hours_committer"]
            assert hours([tag.created - c.authored for c in own]) == row["median_lead_hours_author"]
        else:
            assert row["median_lead_hours_committer"] is None
    contained = [(tags[rank], c, rank) for c, rank in zip(commits, first, strict=True) if rank < len(tags)]
    leads = [tag.created - commit.committed for tag, commit, _ in contained]
    assert len(leads) == expected["commits_contained"]
    assert sum(lead < 0 for lead in leads) == expected["negative_lead_commits"]
    assert hours(leads) == expected["median_lead_hours_committer"]
    assert hours([t.created - c.authored for t, c, _ in contained]) == expected["median_lead_hours_author"]
    later = [tag.created - commit.committed for tag, commit, rank in contained if rank > 0]
    assert hours(later) == expected["median_lead_hours_committer_without_first_tag"]


def ants_records(ants: Path, name: str) -> list[Any]:
    tags = tags_of(ants, truth(name)["pattern"])
    service = [Service("ants", repo_id="ants")]
    commits = [Commit("ants", c.sha, at(c.committed), at(c.authored), c.parents) for c in git.commits(ants)]
    rolls = [
        Deployment(tag.name, "ants", "production", "success", sha=tag.sha, finished_at=at(tag.created))
        for tag in tags
    ]
    return [*service, *commits, *rolls]


@needs_recording
@pytest.mark.parametrize("name", ["all_tags", "release_tags"])
def test_the_stored_links_are_the_recorded_truth_without_its_merge_commits(
    ants: Path, tmp_path: Path, name: str
) -> None:
    with linked(tmp_path, ants_records(ants, name)) as world:
        found = dict(world.rows("SELECT deployment_id, count(*) FROM link_changes GROUP BY ALL"))
    expected = {
        row["tag"]: row["commits_first_contained"] - row["merges_first_contained"]
        for row in truth(name)["per_tag"]
    }
    assert found == {tag: count for tag, count in expected.items() if count}


@needs_recording
def test_recorded_pull_requests_belong_to_their_first_release(ants: Path, tmp_path: Path) -> None:
    with (RECORDED / "ants_changes_to_tags.csv").open() as file:
        rows = list(csv.DictReader(file))
    changes = [
        Change(
            row["change_number"],
            "ants",
            repo_id="ants",
            merge_sha=row["bundle_sha"] or row["merge_commit_sha"],
        )
        for row in rows
    ]
    with linked(tmp_path, [*ants_records(ants, "release_tags"), *changes]) as world:
        found = dict(world.rows("SELECT change_id, deployment_id FROM link_changes"))
    assert len(rows) == 26
    assert len(found) == 25  # the merge commit of 41 is no longer in the public repository
    assert found == {row["change_number"]: row["first_tag"] for row in rows if row["first_tag"]}
