"""What others are told of a run, and that our own webhooks would understand it."""

from pathlib import Path

from actions.events import cdevent, log_event
from tests.actions.world import world


def test_every_end_and_every_beginning_is_a_cdevent(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy()
    kinds = [event["type"] for run in here.journal.runs if (event := cdevent(run))]
    assert kinds == [
        "dev.cdevents.pipelinerun.queued.0.2.0",
        "dev.cdevents.pipelinerun.started.0.2.0",
        "dev.cdevents.service.deployed.0.2.0",
    ]


def test_a_deployed_service_is_told_with_its_artifact_and_environments(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy()
    event = cdevent(here.journal.runs[-1])
    assert event is not None
    assert event["data"]["subject"]["id"] == "checkout"
    content = event["data"]["subject"]["content"]
    assert content["environment"]["id"] == "staging,production"
    assert content["artifactId"].startswith("pkg:oci/checkout@sha256%3A0123")
    assert event["time"] == "2026-09-01T08:00:02Z"


def test_a_dry_run_is_no_cdevent(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy(dry_run=True)
    assert [cdevent(run) for run in here.journal.runs] == [None, None]


def test_a_stage_is_a_log_event_without_the_pseudonym(tmp_path: Path) -> None:
    here = world(tmp_path)
    run = here.deploy()
    told = log_event(here.journal.runs[-1])
    record = told["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert record["eventName"] == "payoff.action.committed"
    assert record["timeUnixNano"] == "1788249602000000000"
    assert {"key": "service.target", "value": {"stringValue": "checkout"}} in record["attributes"]
    assert run.requester not in str(told)
