"""The commit graph of the demo world: one main branch per repository, squashed or merged into.

A repository that squashes has one commit per change; the others keep the branch's commits and tie them
in with a merge commit of two parents. Branches begin at what main was when their work began.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from collectors.demo.changes import Changes
from collectors.demo.draws import NEVER, Array, Draws, Rows, Seconds, numbered, where_known
from collectors.demo.organisation import Organisation
from warehouse.records import Commit, CommitPath


@dataclass(frozen=True, slots=True)
class Graph:
    """Main branches in order of repository and time; ``merge_shas`` is by change, null where abandoned."""

    repo: Array
    at: Seconds
    sha: Array
    change: Array
    merge_shas: Array

    def tips(self, repo: Array, at: Seconds) -> Array:
        """The sha that each repository's main branch stands at, at an instant."""
        return self.sha[self._positions(repo, at)]

    def _positions(self, repo: Array, at: Seconds) -> Array:
        stored = self.repo * NEVER + self.at
        found = np.searchsorted(stored, repo * NEVER + at, side="right") - 1
        first = np.searchsorted(stored, repo * NEVER)
        return np.maximum(found, first)


def graph(org: Organisation, found: Changes, numbers: Array, seed: int) -> Graph:
    """Main branches of all repositories: the root, then one commit per merged change.

    ``numbers`` are the changes' identifiers, from which shas are made.
    """
    merged = np.flatnonzero(found.merged < NEVER)
    n_repos = len(org.repo_ids)
    roots = np.full(n_repos, NEVER)
    np.minimum.at(roots, org.repo, org.created)
    repo = np.concatenate([np.arange(n_repos), org.repo[found.service[merged]]])
    at = np.concatenate([roots, found.merged[merged]])
    change = np.concatenate([np.full(n_repos, -1), merged])
    names = np.concatenate([org.repo_ids, numbers[merged]])
    order = np.lexsort((change, at, repo))
    sha = _shas(seed, "main", names)
    merge_shas = np.full(len(numbers), None, dtype=object)
    merge_shas[merged] = sha[n_repos:]
    return Graph(repo[order], at[order], sha[order], change[order], merge_shas)


def commit_rows(
    draws: Draws, org: Organisation, found: Changes, main: Graph, numbers: Array, authors: Array, seed: int
) -> tuple[Rows, Rows]:
    """All commits, and for those of the monorepo the service whose path they touch."""
    change, nth, count = _branch_commits(draws, org, found)
    sha = _shas(seed, "branch", numbers[change] + "/" + nth.astype(str).astype(object))
    repo = org.repo[found.service[change]]
    base = main.tips(repo, found.first_commit[change])
    parents = np.where(nth == 0, base, np.roll(sha, 1))
    span = np.minimum(found.merged, found.closed)[change] - found.first_committed[change]
    committed = found.first_committed[change] + span * nth // (count + 1)
    authored = np.where(nth == 0, found.first_commit[change], committed)
    tips = np.full(len(numbers) + 1, None, dtype=object)
    tips[change] = sha
    columns = {
        "repo_id": np.concatenate([org.repo_ids[main.repo], org.repo_ids[repo]]),
        "sha": np.concatenate([main.sha, sha]),
        "committed_at": np.concatenate([main.at, committed]),
        "authored_at": np.concatenate([main.at, authored]),
        "parents": np.concatenate([_main_parents(main, tips), parents]),
        "author": np.concatenate([where_known(main.change >= 0, authors[main.change]), authors[change]]),
    }
    every = Rows(Commit, columns, columns["committed_at"])
    return every, _path_rows(org, found, every, np.concatenate([main.change, change]))


def _branch_commits(draws: Draws, org: Organisation, found: Changes) -> tuple[Array, Array, Array]:
    """Of each merged change in a repository that merges: its commits, numbered from 0."""
    draw = numbered(draws("branch-length"), found.number)[:, 0]
    length = 1 + (draw < 0.35) + (draw < 0.12) + (draw < 0.04)
    kept = (found.merged < NEVER) & ~org.is_squash[org.repo[found.service]]
    length = np.where(kept, length, 0)
    change = np.repeat(np.arange(len(length)), length)
    nth = np.arange(len(change)) - np.repeat(np.cumsum(length) - length, length)
    return change, nth, length[change]


def _main_parents(main: Graph, tips: Array) -> Array:
    before = np.where(main.change < 0, "", np.roll(main.sha, 1))
    branch = tips[main.change]
    has_branch = np.array([tip is not None for tip in branch], dtype=bool)
    joined = before + " " + np.where(has_branch, branch, "")
    return np.where(has_branch, joined, before)


def _path_rows(org: Organisation, found: Changes, every: Rows, change: Array) -> Rows:
    shared = np.flatnonzero((every.columns["repo_id"] == org.repo_ids[0]) & (change >= 0))
    columns = {name: every.columns[name][shared] for name in ("repo_id", "sha")}
    columns["service_id"] = org.service_ids[found.service[change[shared]]]
    return Rows(CommitPath, columns, every.born[shared])


def _shas(seed: int, kind: str, names: Array) -> Array:
    made = [blake2b(f"{seed}/{kind}/{name}".encode(), digest_size=20).hexdigest() for name in names]
    return np.array(made, dtype=object)
