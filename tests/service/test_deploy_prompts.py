"""`payoff deploy` in a terminal asks for what is missing, and says what went wrong with the answers."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.actions.asked import IMAGE
from tests.actions.world import bare_repository
from tests.service.folders import write_config

COMMAND = "from service.cli import main; main()"


def told(arguments: list[str], answers: list[str]) -> str:
    """What a terminal shows while the answers are typed, each after a question."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", COMMAND, *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, close_fds=True)
    os.close(theirs)
    shown, waiting, deadline = "", list(answers), time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 65536).decode(errors="replace")
            except OSError:
                break
        elif waiting and shown.rstrip().endswith(":"):
            os.write(ours, f"{waiting.pop(0)}\n".encode())
    process.wait(30)
    os.close(ours)
    assert process.stdout is not None
    return shown + process.stdout.read().decode()


def test_a_terminal_is_asked_for_every_input_that_was_not_given(tmp_path: Path) -> None:
    bare_repository(tmp_path / "gitops.git")
    config = write_config(tmp_path, "actions: {repository: {url: gitops.git}}\n")
    given = ["deploy", "--config", str(config), "--no-publish", "--set", "team=payments"]
    answers = ["checkout", IMAGE, "critical", "", "", "", "", "postgresql", "staging", "", ""]
    shown = told(given, answers)
    assert '"stage": "committed"' in shown, shown
    assert "tier (critical/standard/experimental) [standard]:" in " ".join(shown.split())
    files = subprocess.run(
        ["git", "--git-dir", str(tmp_path / "gitops.git"), "ls-tree", "-r", "--name-only", "main"],
        capture_output=True,
        text=True,
    ).stdout
    assert "services/checkout/overlays/staging/database.yaml" in files
