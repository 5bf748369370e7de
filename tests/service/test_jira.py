"""A recorded board of Jira over the command line: what doctor says, what is stored, and nobody in it."""

import json
from pathlib import Path

import pytest

from tests.recordings.server import ROOT, recorded_service
from tests.service.command import Payoff
from tests.service.folders import everything, write_config

DATASET = "jira/cloud_board8_EE"
CONFIG = """
sources:
  - name: desk
    kind: jira
    url: {url}
    token: ${{file:token}}
    boards: [8]
    start: 2020-01-01T00:00:00Z
    tickets: [{{issue_type: 故事, type: request, action: tell_a_story}}, {{issue_type: 缺陷, type: incident}}]
"""


def people() -> set[str]:
    """The names and accounts of all people in the recording."""
    found: set[str] = set()
    for path in (ROOT / DATASET / "bodies").glob("*board_8_issue.json"):
        for issue in json.loads(path.read_text())["issues"]:
            _gather(issue, found)
    return {word for word in found if len(word) > 3}


def _gather(value: object, found: set[str]) -> None:
    if isinstance(value, dict):
        found |= {str(value[key]) for key in ("displayName", "accountId", "emailAddress") if value.get(key)}
        found |= {str(value[key]) for key in ("summary",) if value.get(key)}
        for inner in value.values():
            _gather(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _gather(inner, found)


def test_a_recorded_board_is_previewed_and_stored_without_its_people(tmp_path: Path, payoff: Payoff) -> None:
    if not ROOT.is_dir():
        pytest.skip("the recordings are not beside the project")
    seeded = {*people(), "jira-secret-token-0123456789"}
    assert len(seeded) > 30
    (tmp_path / "token").write_text("jira-secret-token-0123456789\n")
    with recorded_service(DATASET) as service:
        write_config(tmp_path, CONFIG.format(url=service.base_url))
        doctor, collect = payoff("doctor"), payoff("collect")
    said = " ".join(doctor.stderr.split())
    assert 'lacks the right "Browse projects" in any project' in said  # the recording has no rights
    assert "would count as tickets of type request: queue EE, action tell_a_story:" in said
    assert "no rule gives it another type than other" in said
    assert collect.exit_code == 0, collect.output
    stored = everything(tmp_path)
    assert stored["tickets"].count("/browse/EE-") == 29
    texts = [doctor.output, doctor.stderr, collect.output, collect.stderr, *stored.values()]
    assert [word for word in seeded for text in texts if word in text] == []
    files = [path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert [word for word in seeded for data in files if word.encode() in data] == []
