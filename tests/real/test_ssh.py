"""Committing over ssh to a real sshd on loopback. Needs Debian's package openssh-server."""

import getpass
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.git import Repository
from tests.actions.world import bare_repository

SSHD = Path("/usr/sbin/sshd")
pytestmark = pytest.mark.real


def key(path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    if not SSHD.exists():
        pytest.fail(f"there is no {SSHD}: install openssh-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    client = key(tmp_path / "client")
    (tmp_path / "authorized").write_text(client.with_suffix(".pub").read_text())
    Path("/run/sshd").mkdir(exist_ok=True)
    options = {
        "ListenAddress": "127.0.0.1",
        "HostKey": key(tmp_path / "host"),
        "AuthorizedKeysFile": tmp_path / "authorized",
        "StrictModes": "no",
        "PidFile": tmp_path / "pid",
    }
    given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    server = subprocess.Popen([str(SSHD), "-D", "-e", "-p", str(number), "-f", "/dev/null", *given])
    time.sleep(1)
    yield number
    server.terminate()
    server.wait()


def test_a_commit_over_ssh_with_a_key(port: int, tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "gitops.git")
    host = (tmp_path / "host.pub").read_text().split()
    known = tmp_path / "home" / ".ssh" / "known_hosts"
    known.parent.mkdir(parents=True)
    known.write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    url = f"ssh://{getpass.getuser()}@127.0.0.1:{port}{remote}"
    there = Repository(
        url,
        "main",
        tmp_path / "cache",
        author="P <p@x>",
        ssh_key=tmp_path / "client",
        known_hosts=known,
    )
    assert there.change(lambda tree: {"a.yaml": "a: 1\n"}, "one\n").is_new
    assert there.contents().read("a.yaml") == "a: 1\n"
