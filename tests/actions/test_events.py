"""What others are told of a run, and that our own webhooks would understand it."""

from pathlib import Path
from typing import Any

from actions.events import cdevents, log_event
from collectors.webhook import cdevents as webhook_cdevents
from collectors.webhook.reading import Delivery, IgnoredError
from tests.actions.world import START, World, world


def told(here: World) -> list[dict[str, Any]]:
    return [event for run in here.journal.runs for event in cdevents(run)]


def test_every_beginning_and_end_is_a_cdevent(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy()
    assert [event["type"] for event in told(here)] == [
        "dev.cdevents.pipelinerun.queued.0.2.0",
        "dev.cdevents.pipelinerun.started.0.2.0",
        "dev.cdevents.pipelinerun.finished.0.2.0",
    ]
    assert told(here)[-1]["data"]["subject"]["content"]["outcome"] == "success"


def test_a_service_is_told_as_deployed_once_it_is_healthy_for_each_environment(tmp_path: Path) -> None:
    here = world(tmp_path, ends_at="healthy")
    run = here.deploy()
    assert not [event for event in told(here) if "service" in event["type"]]
    here.actions.reported(run.run_id, "healthy")
    deployed = [event for event in told(here) if event["type"] == "dev.cdevents.service.deployed.0.2.0"]
    contents = [event["data"]["subject"]["content"] for event in deployed]
    assert [content["environment"]["id"] for content in contents] == ["staging", "production"]
    assert contents[0]["artifactId"].startswith("pkg:oci/checkout@sha256%3A0123")
    assert len({event["id"] for event in told(here)}) == len(told(here))


def test_our_own_webhook_reads_what_we_tell(tmp_path: Path) -> None:
    here = world(tmp_path, ends_at="healthy")
    here.actions.reported(here.deploy().run_id, "healthy")
    for event in told(here):
        (body,) = webhook_cdevents.events("application/cloudevents+json", {}, event)
        delivery = Delivery(event["id"], event["type"], START, body)
        try:
            sighting = webhook_cdevents.read(delivery, is_production=lambda name: name == "production")
        except IgnoredError:
            continue
        assert sighting


def test_a_dry_run_is_no_cdevent(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy(dry_run=True)
    assert told(here) == []


def test_a_stage_is_a_log_event_without_the_pseudonym(tmp_path: Path) -> None:
    here = world(tmp_path)
    run = here.deploy()
    event = log_event(here.journal.runs[-1])
    record = event["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert record["eventName"] == "payoff.action.committed"
    assert record["timeUnixNano"] == "1788249602000000000"
    assert {"key": "service.target", "value": {"stringValue": "checkout"}} in record["attributes"]
    assert run.requester not in str(event)
