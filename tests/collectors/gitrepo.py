"""A builder of small real repositories, with clocks as arguments."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2025, 1, 6, 9, tzinfo=UTC)


class GitRepo:
    """A repository in a folder; ``hour`` counts from ``START`` and is the time of the next commit."""

    def __init__(self, path: Path, branch: str = "main") -> None:
        self.path = path
        path.mkdir(parents=True)
        self.git("init", "--quiet", f"--initial-branch={branch}")
        self.git("config", "uploadpack.allowFilter", "true")
        self.hour = 0

    def git(self, *arguments: str, author_hour: int | None = None) -> str:
        committed = START + timedelta(hours=getattr(self, "hour", 0))
        authored = committed if author_hour is None else START + timedelta(hours=author_hour)
        environment = {
            **os.environ,
            "GIT_AUTHOR_NAME": "Ada Example",
            "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_COMMITTER_NAME": "Ada Example",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
            "GIT_AUTHOR_DATE": authored.isoformat(),
            "GIT_COMMITTER_DATE": committed.isoformat(),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, file: str = "file.txt", *, author_hour: int | None = None) -> str:
        """Change a file one hour later; the commit's hash."""
        self.hour += 1
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a") as out:
            out.write(f"{self.hour}\n")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", f"change {file}", author_hour=author_hour)
        return self.git("rev-parse", "HEAD")

    def merge(self, branch: str) -> str:
        """Merge a branch with a merge commit, one hour later; its hash."""
        self.hour += 1
        self.git("merge", "--quiet", "--no-ff", "-m", f"merge {branch}", branch)
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *, annotated: bool = False) -> None:
        """Tag the current commit; an annotated tag is made one hour later."""
        if annotated:
            self.hour += 1
            self.git("tag", "-a", "-m", name, name)
        else:
            self.git("tag", name)
