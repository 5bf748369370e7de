"""Pull requests at GitHub and GitLab: opened once for a branch, found again after that."""

from typing import Any

import pytest

from actions.config import Repository
from actions.forges import forge_of
from tests.actions.test_trackers import Server

KINDS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "github": (
        "repos/acme/gitops/pulls",
        "https://github.example/pull/7",
        {"html_url": "https://github.example/pull/7"},
        {"head": "payoff/x", "base": "main", "title": "Create x", "body": "text"},
    ),
    "gitlab": (
        "api/v4/projects/acme%2Fgitops/merge_requests",
        "https://gitlab.example/7",
        {"web_url": "https://gitlab.example/7"},
        {
            "source_branch": "payoff/x",
            "target_branch": "main",
            "title": "Create x",
            "description": "text",
            "remove_source_branch": True,
        },
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_there", [False, True])
def test_a_branch_has_one_pull_request(kind: str, is_there: bool) -> None:
    place, address, pull, body = KINDS[kind]
    server = Server({("GET", place): [pull] if is_there else [], ("POST", place): pull})
    forge = forge_of(Repository(forge=kind, project="acme/gitops"), server)  # type: ignore[arg-type]
    assert forge is not None
    assert forge.propose("payoff/x", "Create x", "text") == address
    posted = [sent[2] for sent in server.sent if sent[0] == "POST"]
    assert posted == ([] if is_there else [body])


def test_without_a_forge_a_person_opens_it() -> None:
    assert forge_of(Repository(), Server({})) is None
