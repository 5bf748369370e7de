"""Every example of GitHub's webhook events is taken or ignored as it should be, whatever is in it.

The examples are those of npm ``@octokit/webhooks-examples``: 58 types, of which four
are measured. Its reviews are all by the author of the pull request, so that they are none.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.webhook.reading import IgnoredError
from tests.collectors.webhooks.senders import Store, deliveries_of, request_of, source_of

EXAMPLES = (
    Path(__file__).parents[2] / "node/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
)
TYPES: list[dict[str, Any]] = json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else []
TAKEN = {
    "deployment": "deployments",
    "deployment_status": "deployments",
    "pull_request": "changes",
    "workflow_run": "builds",
}


def test_the_examples_are_there() -> None:
    assert len(TYPES) == 58, "run `make tests/node/node_modules/.installed`"
    assert {entry["name"] for entry in TYPES} >= set(TAKEN)


@pytest.mark.parametrize("entry", TYPES, ids=lambda entry: entry["name"])
def test_every_example_is_taken_or_ignored(entry: dict[str, Any]) -> None:
    source = source_of("github")
    n_taken = 0
    for number, body in enumerate(entry["examples"]):
        request = request_of("github", body, event=entry["name"], delivery=f"d-{number}")
        (delivery,) = deliveries_of(source, request)
        store = Store(source)
        try:
            store.take([delivery])
        except IgnoredError:
            continue
        n_taken += 1
        table = TAKEN[entry["name"]]
        assert len(store.rows[table]) == 1
        assert not store.skipped
        assert store.only(table)["service_id"] == body["repository"]["full_name"]
    assert n_taken == (len(entry["examples"]) if entry["name"] in TAKEN else 0)
