"""Committing over the ways that repositories are reached, and what is said where that fails."""

import subprocess
from pathlib import Path

import pytest

from actions.errors import TransportError
from actions.git import Repository
from actions.remote import failure
from tests.actions.http_git import PASSWORD, USER, served_over_http
from tests.actions.world import bare_repository


def repository(url: str, folder: Path) -> Repository:
    return Repository(url, "main", folder / "cache", author="Payoff <payoff@localhost>")


def files_of(remote: Path) -> str:
    command = ["git", "--git-dir", str(remote), "ls-tree", "-r", "--name-only", "main"]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_a_commit_over_http_with_credentials_in_the_address(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "served" / "gitops.git")
    with served_over_http(tmp_path / "served") as url:
        address = url.replace("//", f"//{USER}:{PASSWORD}@") + "/gitops.git"
        there = repository(address, tmp_path)
        assert there.change(lambda tree: {"a.yaml": "a: 1\n"}, "one\n").is_new
        assert there.change(lambda tree: {"b.yaml": "b: 1\n"}, "two\n").is_new
        assert not there.change(lambda tree: {"b.yaml": "b: 1\n"}, "three\n").is_new
        assert there.contents().read("a.yaml") == "a: 1\n"
    assert files_of(remote) == "a.yaml\nb.yaml\n"
    stored = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert PASSWORD.encode() not in stored


@pytest.mark.parametrize("password", ["wrong-password", ""])
def test_wrong_credentials_are_told_without_them(tmp_path: Path, password: str) -> None:
    bare_repository(tmp_path / "served" / "gitops.git")
    with served_over_http(tmp_path / "served") as url:
        address = url.replace("//", f"//{USER}:{password}@") if password else url
        with pytest.raises(TransportError, match=r"Access was refused\. Check the credentials") as caught:
            repository(f"{address}/gitops.git", tmp_path).contents()
    assert not password or password not in str(caught.value)


def test_a_repository_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match=r"actions\.repository\.url"):
        repository(str(tmp_path / "nothing.git"), tmp_path).contents()


def test_a_protected_branch_is_told_with_the_way_out(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "gitops.git")
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(TransportError, match="mode: pull_request"):
        repository(str(remote), tmp_path).change(lambda tree: {"a": "1\n"}, "one\n")


def test_digits_of_a_commit_are_no_answer_of_a_server() -> None:
    said = "! [remote rejected] 5f403ac1 -> main (pre-receive hook declined)"
    assert "mode: pull_request" in str(failure("shop", "push", said))
    said = "fatal: unable to access 'https://git.example/': The requested URL returned error: 403"
    assert "Access was refused" in str(failure("shop", "push", said))


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "gitops.git")
    there = repository(str(remote), tmp_path)
    there.change(lambda tree: {"a": "1\n"}, "one\n")
    (tmp_path / "cache" / "gitops.git" / "HEAD").write_text("rubbish")
    assert there.change(lambda tree: {"b": "1\n"}, "two\n").is_new
    assert files_of(remote) == "a\nb\n"


def test_a_race_that_is_lost_is_run_again_on_what_is_there_then(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "gitops.git")
    ours, theirs = repository(str(remote), tmp_path / "ours"), repository(str(remote), tmp_path / "theirs")
    seen = []

    def build(tree: object) -> dict[str, str]:
        if not seen:
            theirs.change(lambda _: {"theirs": "1\n"}, "theirs\n")
        seen.append(1)
        return {"ours": "1\n"}

    ours.change(build, "ours\n")
    assert (files_of(remote), len(seen)) == ("ours\ntheirs\n", 2)


def test_who_loses_every_race_is_told(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "gitops.git")
    theirs = repository(str(remote), tmp_path / "theirs")
    ours = Repository(
        str(remote), "main", tmp_path / "ours", author="P <p@x>", sleep=lambda seconds: None, attempts=3
    )
    numbers = iter(range(100))

    def build(tree: object) -> dict[str, str]:
        theirs.change(lambda _: {f"theirs-{next(numbers)}": "1\n"}, "theirs\n")
        return {"ours": "1\n"}

    with pytest.raises(TransportError, match="others committed first"):
        ours.change(build, "ours\n")
