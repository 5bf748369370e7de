"""A recorded repository, collected through the whole flow, gives the figures of its recorded truth.

The truth counts every commit of a tag; the metric leaves two kinds out and counts them. Merge commits are
no changes of their own: they only join what others changed. And what the first tag contains may have been
live long before it, so its history is left-truncated.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pandas as pd
import pytest

from metrics.compute import compute
from metrics.evidence import evidence
from service.running.pipeline import collect_and_publish
from service.storage.snapshots import open_snapshot
from tests.service.folders import configured
from warehouse.publish import Snapshot

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "recordings" / "git"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"the recorded repository is not at {RECORDED}")
# All tags lie between these days; the first one is of 2019-04-14, the last one of 2025-12-27.
WINDOW = (date(2018, 1, 1), date(2026, 1, 1))
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Collected:
    """What came out of the flow: the open snapshot, and the stored commits and deployments."""

    snapshot: Snapshot
    commits: dict[str, tuple[str, datetime]]
    deployments: list[tuple[str, str, datetime]]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    sets: dict[str, dict[str, Any]] = json.loads((RECORDED / "ants_truth.json").read_text())["sets"]
    return sets["all_tags"]


@pytest.fixture(scope="module")
def ants(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collected]:
    folder = tmp_path_factory.mktemp("ants")
    url = (RECORDED / "ants.bundle").resolve()
    settings = configured(
        folder, f"sources: [{{name: ants, kind: git, url: {url}, deployments: {{tags: '.*'}}}}]\n"
    )
    assert collect_and_publish(settings, clock=lambda: NOW).failed == ()
    with duckdb.connect(str(folder / "data" / "warehouse.duckdb"), read_only=True) as con:
        commits = con.execute("SELECT sha, coalesce(parents, ''), committed_at FROM commits").fetchall()
        deployments = con.execute(
            "SELECT deployment_id, sha, finished_at FROM deployments ORDER BY finished_at, deployment_id"
        ).fetchall()
    with open_snapshot(settings) as snapshot:
        yield Collected(snapshot, {sha: (parents, at) for sha, parents, at in commits}, deployments)


def first_contained(ants: Collected) -> dict[str, list[str]]:
    """The commits of each deployment that no earlier one contains, merge commits among them."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for deployment_id, sha, _ in ants.deployments:
        own, waiting = [], [sha]
        while waiting:
            commit = waiting.pop()
            if commit not in seen:
                seen.add(commit)
                own.append(commit)
                waiting += ants.commits[commit][0].split()
        found[deployment_id] = own
    return found


def evidence_rows(ants: Collected, clock: str) -> pd.DataFrame:
    return evidence("change_lead_time", ants.snapshot, *WINDOW, by="service", clock=clock)


def hours(lead: timedelta) -> float:
    return lead / timedelta(hours=1)


def test_every_tag_is_a_deployment_at_its_recorded_time(ants: Collected, truth: dict[str, Any]) -> None:
    expected = [(f"ants@{row['tag']}", row["commit"], row["deployed_at"]) for row in truth["per_tag"]]
    found = [(name, sha, f"{at.isoformat()}Z") for name, sha, at in ants.deployments]
    assert found == expected
    assert len(found) == 48


@pytest.mark.parametrize("clock", ["authored", "committed"])
def test_counted_and_left_out_rows_are_all_commits_that_a_tag_contains(
    ants: Collected, truth: dict[str, Any], clock: str
) -> None:
    (figures,) = compute("change_lead_time", ants.snapshot, *WINDOW, by="service", clock=clock).to_dict(
        "records"
    )
    merges = sum(row["merges_first_contained"] for row in truth["per_tag"])
    excluded = {name: n for name, n in figures.items() if str(name).startswith("excluded_") and n}
    # The first tag carries 414 commits, 99 of them merges; all tags together have 114 merges of 712.
    assert excluded == {"excluded_left_truncated": 414 - 99}
    assert (figures["scope_id"], figures["status"], figures["n"]) == ("ants", "ok", 712 - 114 - (414 - 99))
    assert figures["n"] + excluded["excluded_left_truncated"] + merges == truth["commits_contained"] == 712


@pytest.mark.parametrize("clock", ["authored", "committed"])
def test_the_evidence_has_the_commits_of_every_tag_but_its_merges(
    ants: Collected, truth: dict[str, Any], clock: str
) -> None:
    rows = evidence_rows(ants, clock)
    expected = {
        f"ants@{row['tag']}": row["commits_first_contained"] - row["merges_first_contained"]
        for row in truth["per_tag"]
        if row["commits_first_contained"] > row["merges_first_contained"]
    }
    assert rows["deployment_id"].value_counts().to_dict() == expected
    assert rows["role"].value_counts().to_dict() == {"left_truncated": 315, "counted": 283}
    assert set(rows.loc[rows["role"] == "left_truncated", "deployment_id"]) == {"ants@v1.0.0"}


def test_the_evidence_has_the_very_commits_and_not_only_as_many(ants: Collected) -> None:
    rows = evidence_rows(ants, "committed")
    found = set(zip(rows["change_id"], rows["deployment_id"], strict=True))
    expected = {
        (f"ants@{sha}", deployment_id)
        for deployment_id, shas in first_contained(ants).items()
        for sha in shas
        if len(ants.commits[sha][0].split()) < 2
    }
    assert found == expected


def test_the_metric_is_the_median_of_its_evidence(ants: Collected) -> None:
    at = {deployment_id: finished for deployment_id, _, finished in ants.deployments}
    leads = [
        hours(at[deployment_id] - ants.commits[sha][1])
        for deployment_id, shas in first_contained(ants).items()
        for sha in shas
        if deployment_id != "ants@v1.0.0" and len(ants.commits[sha][0].split()) < 2
    ]
    (value,) = compute("change_lead_time", ants.snapshot, *WINDOW, clock="committed")["value"]
    assert value == pytest.approx(median(leads), abs=1e-6)


def test_with_merges_and_without_the_first_tag_the_stored_rows_give_the_recorded_median(
    ants: Collected, truth: dict[str, Any]
) -> None:
    at = {deployment_id: finished for deployment_id, _, finished in ants.deployments}
    leads = {
        deployment_id: [hours(at[deployment_id] - ants.commits[sha][1]) for sha in shas]
        for deployment_id, shas in first_contained(ants).items()
    }
    every = [lead for own in leads.values() for lead in own]
    later = [lead for name, own in leads.items() for lead in own if name != "ants@v1.0.0"]
    assert (len(every), len(later)) == (712, 712 - 414)
    assert round(median(every), 4) == truth["median_lead_hours_committer"]
    assert round(median(later), 4) == truth["median_lead_hours_committer_without_first_tag"]
    assert min(every) >= 0
