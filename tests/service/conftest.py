"""Folders that commands are run in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from service.running import publishing
from tests.collectors.gitrepo import GitRepo
from tests.service.command import FILES, SHOP, Payoff, run_payoff
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config, write_files
from tests.service.receiving import Mailbox, Receiver, mail_server


@pytest.fixture
def payoff(tmp_path: Path) -> Payoff:
    """Run a command with the configuration of the folder."""

    def run(*arguments: str) -> Result:
        return run_payoff(*arguments, "--config", str(tmp_path / "config.yaml"))

    return run


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pages ask at first is left to them; it takes longer than all the rest of a small publication."""
    monkeypatch.setattr(publishing, "answers_of", lambda snapshot: {})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A configuration with a folder of files: a service with six deployments, of which the last failed."""
    write_config(tmp_path, FILES)
    rows = deployment_rows(7, 8, 9, 10, 13) + deployment_rows(14, status="failure")
    return write_files(
        tmp_path / "exports",
        deployments=DEPLOYMENTS + rows,
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A configuration with a repository whose tags are v1, v2 and nightly."""
    write_config(tmp_path, SHOP)
    repo = GitRepo(tmp_path / "shop")
    for tag in ("v1", "nightly", "v2"):
        repo.commit()
        repo.tag(tag)
    return repo


@pytest.fixture
def receiver() -> Iterator[Callable[..., Receiver]]:
    """Starts a webhook on this machine that answers with the given statuses."""
    made: list[Receiver] = []

    def make(*statuses: int, **headers: str) -> Receiver:
        made.append(
            Receiver(*(statuses or (200,)), headers={k.replace("_", "-"): v for k, v in headers.items()})
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """What a mail server on this machine was given."""
    with mail_server() as found:
        yield found
