"""The git collector on real repositories that the tests build."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from collectors.base import Context, Page, pseudonymiser
from collectors.errors import CollectorError, FatalError
from collectors.git import source as git
from collectors.git.urls import commit_url, tag_url
from tests.collectors.gitrepo import START, GitRepo

NOW = datetime(2025, 2, 1, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "recordings" / "git"


def _source(tmp_path: Path, url: Path | str, **config: Any) -> git.GitSource:
    context = Context(NOW, tmp_path / "cache", pseudonymiser(b"key"), lambda name: name == "production")
    given = {"url": str(url), "repo": "acme/shop", "deployments": {"tags": r"v\d.*"}, **config}
    return git.build("shop", git.Config.model_validate(given), context)


def _rows(source: git.GitSource, table: str, cursors: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    found = [page.tables[table] for page in _pages(source, cursors) if table in page.tables]
    return pa.concat_tables(found).to_pylist() if found else []


def _pages(source: git.GitSource, cursors: dict[str, Any] | None = None) -> list[Page]:
    pages = []
    for resource in source.resources():
        for page in resource.pages((cursors or {}).get(resource.name)):
            pages.append(page)
            if cursors is not None and page.cursor is not None:
                cursors[resource.name] = page.cursor
    return pages


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "shop")


def _hours(at: datetime) -> float:
    return (at.replace(tzinfo=UTC) - START) / timedelta(hours=1)


def test_a_commit_keeps_both_its_times_its_parents_and_no_name(repo: GitRepo, tmp_path: Path) -> None:
    first = repo.commit()
    second = repo.commit(author_hour=0)
    repo.tag("v1")
    rows = {row["sha"]: row for row in _rows(_source(tmp_path, repo.path), "commits")}
    assert set(rows) == {first, second}
    assert (_hours(rows[second]["authored_at"]), _hours(rows[second]["committed_at"])) == (0, 2)
    assert (rows[first]["parents"], rows[second]["parents"]) == ("", first)
    assert rows[first]["author"] == pseudonymiser(b"key")("ada@example.com")
    assert "Ada" not in json.dumps(rows, default=str)


def test_a_lightweight_tag_is_as_old_as_its_commit_and_an_annotated_one_as_its_tagging(
    repo: GitRepo, tmp_path: Path
) -> None:
    first = repo.commit()
    repo.tag("v1")
    repo.hour = 9
    repo.tag("v2", annotated=True)
    repo.tag("nightly")
    rows = {row["deployment_id"]: row for row in _rows(_source(tmp_path, repo.path), "deployments")}
    assert set(rows) == {"acme/shop@v1", "acme/shop@v2"}
    assert _hours(rows["acme/shop@v1"]["finished_at"]) == 1
    assert _hours(rows["acme/shop@v2"]["finished_at"]) == 10
    assert {row["sha"] for row in rows.values()} == {first}
    assert {row["status"] for row in rows.values()} == {"success"}


def test_merges_to_a_branch_are_deployments_and_commits_behind_a_merge_are_not(
    repo: GitRepo, tmp_path: Path
) -> None:
    first = repo.commit()
    repo.git("checkout", "--quiet", "-b", "feature")
    hidden = repo.commit("feature.txt")
    repo.git("checkout", "--quiet", "main")
    merge = repo.merge("feature")
    rows = _rows(_source(tmp_path, repo.path, deployments={"merges_to": "main"}), "deployments")
    assert [row["sha"] for row in rows] == [first, merge]
    assert hidden not in {row["sha"] for row in rows}


def test_commits_of_one_second_keep_the_order_of_the_branch(repo: GitRepo, tmp_path: Path) -> None:
    shas = [repo.commit()]
    for _ in range(5):
        repo.hour -= 1
        shas.append(repo.commit())
    rows = _rows(_source(tmp_path, repo.path, deployments={"merges_to": "main"}), "deployments")
    assert [row["sha"] for row in sorted(rows, key=lambda row: row["finished_at"])] == shas


def test_a_service_of_a_monorepo_has_its_own_tags_and_its_own_commits(repo: GitRepo, tmp_path: Path) -> None:
    cart = repo.commit("cart/a.txt")
    repo.tag("cart-1")
    pay = repo.commit("pay/a.txt")
    repo.tag("pay-1")
    both = repo.commit("readme.txt")
    source = _source(
        tmp_path,
        repo.path,
        services={
            "cart": {"path": "cart", "deployments": {"tags": "cart-.*"}},
            "pay": {"path": ["pay", "readme.txt"], "deployments": {"tags": "pay-.*"}},
        },
    )
    deployments = {(row["service_id"], row["sha"]) for row in _rows(source, "deployments")}
    assert deployments == {("cart", cart), ("pay", pay)}
    paths = {(row["service_id"], row["sha"]) for row in _rows(source, "commit_paths")}
    assert paths == {("cart", cart), ("pay", pay), ("pay", both)}
    created = {row["service_id"]: _hours(row["created_at"]) for row in _rows(source, "services")}
    assert created == {"cart": 1, "pay": 2}


def test_merges_touch_only_the_services_whose_paths_they_change(repo: GitRepo, tmp_path: Path) -> None:
    cart = repo.commit("cart/a.txt")
    pay = repo.commit("pay/a.txt")
    services = {"cart": {"path": "cart"}, "pay": {"path": "pay"}}
    source = _source(tmp_path, repo.path, deployments={"merges_to": "main"}, services=services)
    rows = _rows(source, "deployments")
    assert {(row["service_id"], row["sha"]) for row in rows} == {("cart", cart), ("pay", pay)}
    assert len({row["deployment_id"] for row in rows}) == 2


def test_coverage_begins_with_the_first_commit_and_with_the_first_deployment(
    repo: GitRepo, tmp_path: Path
) -> None:
    repo.commit()
    repo.commit()
    repo.tag("v1")
    coverage = [interval for page in _pages(_source(tmp_path, repo.path)) for interval in page.coverage]
    assert {(c.resource, c.scope_id, _hours(c.from_at)) for c in coverage} == {
        ("commits", "acme/shop", 1),
        ("deployments", "acme/shop", 2),
    }
    assert {c.to_at for c in coverage} == {NOW}


def test_a_second_run_with_nothing_new_brings_no_row(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    cursors: dict[str, Any] = {}
    _pages(_source(tmp_path, repo.path), cursors)
    again = _pages(_source(tmp_path, repo.path), cursors)
    assert [sum(t.num_rows for t in page.tables.values()) for page in again] == [0, 0]


def test_a_second_run_brings_what_is_new(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    cursors: dict[str, Any] = {}
    _pages(_source(tmp_path, repo.path), cursors)
    new = repo.commit()
    repo.tag("v2")
    pages = _pages(_source(tmp_path, repo.path), cursors)
    commits = [
        row["sha"] for page in pages if "commits" in page.tables for row in page.tables["commits"].to_pylist()
    ]
    assert commits == [new]
    tags = [
        row
        for page in pages
        if "deployments" in page.tables
        for row in page.tables["deployments"].to_pylist()
    ]
    assert [row["deployment_id"] for row in tags] == ["acme/shop@v1", "acme/shop@v2"]


def test_after_a_forced_push_the_new_history_is_there(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    repo.commit()
    cursors: dict[str, Any] = {}
    _pages(_source(tmp_path, repo.path), cursors)
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    replaced = repo.commit("other.txt")
    assert [row["sha"] for row in _rows(_source(tmp_path, repo.path), "commits", cursors)] == [replaced]


def test_a_damaged_clone_is_made_again(repo: GitRepo, tmp_path: Path) -> None:
    first = repo.commit()
    repo.tag("v1")
    _pages(_source(tmp_path, repo.path))
    (tmp_path / "cache" / "repository.git" / "HEAD").write_text("nonsense")
    assert [row["sha"] for row in _rows(_source(tmp_path, repo.path), "commits")] == [first]


def test_locks_that_a_killed_fetch_left_behind_do_not_stop_the_next_one(
    repo: GitRepo, tmp_path: Path
) -> None:
    repo.commit()
    repo.tag("v1")
    cursors: dict[str, Any] = {}
    _pages(_source(tmp_path, repo.path), cursors)
    new = repo.commit()
    for name in ("refs/heads/main.lock", "packed-refs.lock"):
        (tmp_path / "cache" / "repository.git" / name).touch()
    assert [row["sha"] for row in _rows(_source(tmp_path, repo.path), "commits", cursors)] == [new]


def test_the_clone_is_private(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    _pages(_source(tmp_path, repo.path))
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_a_pattern_without_a_match_names_the_tags_that_there_are(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("release-7")
    with pytest.raises(FatalError, match=r"no tag matches .*release-7.*deployments\.tags"):
        _rows(_source(tmp_path, repo.path), "deployments")


def test_a_missing_branch_names_the_branches_that_there_are(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    with pytest.raises(FatalError, match=r"no branch 'trunk'.*main"):
        _rows(_source(tmp_path, repo.path, deployments={"merges_to": "trunk"}), "deployments")


def test_an_empty_repository_says_so(repo: GitRepo, tmp_path: Path) -> None:
    with pytest.raises(FatalError, match="is empty"):
        _pages(_source(tmp_path, repo.path))


def test_a_path_without_a_repository_says_so(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FatalError, match="there is no repository there"):
        _pages(_source(tmp_path, tmp_path / "nothing"))
    assert not (tmp_path / "cache" / "repository.git").exists()


def test_an_unreachable_host_is_named_without_its_credentials(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CollectorError) as raised:
        _pages(_source(tmp_path, "http://robot:hunter2@127.0.0.1:9/acme/shop.git"))
    assert "127.0.0.1:9/acme/shop.git" in str(raised.value)
    assert "hunter2" not in str(raised.value) + caplog.text + repr(raised.value.__cause__)


def test_credentials_are_not_written_into_the_clone_or_the_command(tmp_path: Path) -> None:
    source = _source(tmp_path, "https://robot:hunter2@127.0.0.1:9/acme/shop.git")
    assert source.repository.remote.url == "https://127.0.0.1:9/acme/shop.git"
    assert source.repository.remote.headers["Authorization"].startswith("Basic ")
    assert "hunter2" not in repr(source.config)


def test_a_cache_that_cannot_be_written_is_named(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(CollectorError, match="cache"):
        _pages(_source(tmp_path, repo.path))


def test_a_rule_is_either_tags_or_a_branch() -> None:
    for rule in ({}, {"tags": "v.*", "merges_to": "main"}):
        with pytest.raises(ValidationError, match="exactly one"):
            git.Rule.model_validate(rule)
    with pytest.raises(ValidationError, match="regular expression"):
        git.Rule.model_validate({"tags": "("})


def test_preview_shows_what_counts_and_what_does_not(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    repo.tag("nightly")
    preview = _source(tmp_path, repo.path).preview()
    assert all(finding.ok for finding in preview.findings)
    assert preview.counted == {"deployments of acme/shop to production": ["v1  2025-01-06 10:00 UTC"]}
    assert preview.not_counted == {"deployments": ["nightly  (no pattern matches)"]}


def test_preview_says_when_the_environment_is_not_production(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit()
    repo.tag("v1")
    findings = _source(tmp_path, repo.path, environment="staging").preview().findings
    assert [finding.text for finding in findings if not finding.ok] == [
        "environment 'staging' is not production, so nothing counts."
    ]


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop/commit/abc"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop/commit/abc"),
        (
            "https://user:token@gitlab.acme.example/a/b/shop",
            "https://gitlab.acme.example/a/b/shop/-/commit/abc",
        ),
        ("/srv/git/shop", None),
        ("https://code.acme.example/shop.git", None),
    ],
)
def test_a_link_is_made_where_the_forge_is_known(remote: str, expected: str | None) -> None:
    assert commit_url(remote, "abc") == expected


def test_a_tag_links_to_its_release() -> None:
    assert tag_url("https://github.com/acme/shop", "v1") == "https://github.com/acme/shop/releases/tag/v1"


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there")
def test_tags_and_commits_of_a_real_history_are_those_of_its_truth(tmp_path: Path) -> None:
    truth = json.loads((SHARED / "ants_truth.json").read_text())["sets"]["all_tags"]
    source = _source(tmp_path, SHARED / "ants.bundle", deployments={"tags": ".*"})
    found = [
        (
            row["deployment_id"].removeprefix("acme/shop@"),
            row["sha"],
            f"{row['finished_at']:%Y-%m-%dT%H:%M:%SZ}",
        )
        for row in _rows(source, "deployments")
    ]
    expected = [(tag["tag"], tag["commit"], tag["deployed_at"]) for tag in truth["per_tag"]]
    assert sorted(found) == sorted(expected)
    assert len(_rows(source, "commits")) == truth["commits_contained"]
