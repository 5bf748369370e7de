"""Replay reads what is kept and asks nobody, also where a source looks for its scopes by itself."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.configuration.config import load_config
from service.running.pipeline import collect_and_publish, replay_and_publish
from tests.collectors.contract import FIXTURES, world_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["gitlab", "pagerduty"])
def test_replay_gives_the_same_rows_without_a_request(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_of(FIXTURES / kind, tmp_path, monkeypatch)
    secret = f"{kind}-secret-token-0123456789"
    stanza = (FIXTURES / kind / "stanza.yaml").read_text().replace(secret, "${TOKEN}")
    lines = "\n".join(f"    {line}" for line in stanza.splitlines() if not line.startswith("#"))
    path = tmp_path / "config.yaml"
    path.write_text(f"storage: {{directory: {tmp_path / 'data'}}}\nsources:\n  -\n{lines}\n")
    settings = load_config(path, {"TOKEN": secret})
    collected = collect_and_publish(settings, clock=lambda: NOW)
    asked = len(world.api.seen)
    replayed = replay_and_publish(settings, clock=lambda: NOW)
    assert collected.inserted > 0
    assert not collected.failed
    assert len(world.api.seen) == asked > 0
    assert (replayed.inserted, replayed.updated) == (0, 0)
    assert sum(outcome.unchanged for outcome in replayed.outcomes) == sum(map(len, world.expected().values()))
