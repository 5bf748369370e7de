"""Many requests at once from several processes, over a real git server, and processes that are killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.world import bare_repository
from tests.service.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a git daemon on loopback, and the repository behind it."""
    base = tmp_path / "served"
    base.mkdir()
    remote = bare_repository(base / "gitops.git")
    port = free_port()
    command = ["git", "daemon", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"]
    command += [f"--port={port}", f"--base-path={base}", str(base)]
    daemon = subprocess.Popen(command, start_new_session=True)
    url = f"git://127.0.0.1:{port}/gitops.git"
    try:
        for _ in range(1000):
            if subprocess.run(["git", "ls-remote", url], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)
        yield url, remote
    finally:
        # The daemon and what it started to answer.
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.wait()


def asking(url: str, folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.actions.asking", url, str(folder), str(first), str(last)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def git(remote: Path, *arguments: str) -> str:
    command = ["git", "--git-dir", str(remote), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def records(remote: Path) -> set[str]:
    files = git(remote, "ls-tree", "-r", "--name-only", "main").splitlines()
    return {path.split("/")[1] for path in files if path.endswith("/payoff.yaml")}


def test_fifty_requests_from_five_processes_are_fifty_changes(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    url, remote = server
    processes = [asking(url, tmp_path / f"p{n}", n * 10, n * 10 + 10) for n in range(5)]
    said = [process.communicate(timeout=250) for process in processes]
    assert [out for out, _ in said] == ["committed \n" * 10] * 5, said
    assert records(remote) == {f"service-{n}" for n in range(50)}
    assert int(git(remote, "rev-list", "--count", "main")) == 50
    assert int(git(remote, "rev-list", "--count", "--merges", "main")) == 0


def killed_and_retried(url: str, remote: Path, folder: Path, n_kills: int, seed: int) -> None:
    rng = random.Random(seed)
    for number in range(n_kills):
        process = asking(url, folder, number, number + 1)
        assert process.stderr is not None
        assert process.stderr.readline() == "asking\n"
        time.sleep(rng.uniform(0, 0.8))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        git(remote, "fsck", "--strict")
        out, error = asking(url, folder, number, number + 1).communicate(timeout=200)
        assert out.split()[:1] in (["committed"], ["unchanged"]), error
        assert f"service-{number}" in records(remote)
        assert int(git(remote, "rev-list", "--count", "main")) == number + 1


@pytest.mark.kills
def test_a_killed_request_leaves_the_repository_clean_and_is_finished_on_retry(
    server: tuple[str, Path], tmp_path: Path
) -> None:
    url, remote = server
    killed_and_retried(url, remote, tmp_path / "p", n_kills=4, seed=1)


@pytest.mark.kills
@pytest.mark.full
def test_many_killed_requests_are_finished_on_retry(server: tuple[str, Path], tmp_path: Path) -> None:
    url, remote = server
    killed_and_retried(url, remote, tmp_path / "p", n_kills=40, seed=2)
