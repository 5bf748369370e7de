"""A process that asks for services of its own: ``python -m tests.actions.asking URL FOLDER FIRST LAST``."""

import json
import sys
from pathlib import Path

from actions.config import Actions as Config
from actions.deploy import Actions
from actions.git import Repository
from actions.ports import Ports, Request
from actions.runs import Run
from tests.actions.asked import asked, platform
from tests.actions.world import DEVELOPER, ticking


class Lines:
    """A journal on disk, a line for each state."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, run: Run) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(run.as_event()) + "\n")

    def runs(self) -> list[Run]:
        if not self._path.exists():
            return []
        return [Run.of_event(json.loads(line)) for line in self._path.read_text().splitlines()]

    def by_id(self, run_id: str) -> Run | None:
        return next((run for run in reversed(self.runs()) if run.run_id == run_id), None)

    def by_key(self, key: str) -> Run | None:
        return next((run for run in reversed(self.runs()) if run.key == key), None)


def main(url: str, folder: Path, first: int, last: int) -> None:
    """Ask for the services ``first`` to ``last`` - 1."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = Ports(
        journal=Lines(folder / "journal.ndjson"),
        repository=Repository(url, "main", folder / "cache", author="Payoff <payoff@localhost>"),
        tracker=None,
        forge=None,
        clock=ticking(),
        new_id=iter(f"run-{n}" for n in range(first, last + 1000)).__next__,
    )
    actions = Actions(Config(platform=platform()), ports)
    sys.stderr.write("asking\n")
    sys.stderr.flush()
    for number in range(first, last):
        run = actions.request(Request("deploy-service", asked(name=f"service-{number}"), DEVELOPER))
        sys.stdout.write(f"{run.stage} {run.message}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
