"""A stage of a run as others read it: a CDEvent (in a CloudEvent), and an OpenTelemetry log event.

Written against CDEvents 0.4 (service 0.2.0, pipelineRun 0.2.0), CloudEvents 1.0 and OTLP 1 in JSON.
Neither holds what was asked for beyond names, and nobody's pseudonym.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from actions.runs import Run, Stage

SOURCE = "/payoff/actions"
# A stage that CDEvents has no word for is told to OpenTelemetry only.
_PIPELINE: Mapping[Stage, str] = {"requested": "queued", "approved": "started"}
_SERVICE = {"create": "deployed", "update": "upgraded", "retire": "removed"}
_OUTCOME: Mapping[Stage, str] = {"failed": "failure", "rejected": "cancel"}


def cdevents(run: Run) -> list[dict[str, Any]]:
    """The CDEvents of the stage that a run is in, as structured CloudEvents; none for most stages.

    That a service is deployed is told when it was seen to be healthy, once for each environment.
    """
    if run.is_dry_run:
        return []
    if run.stage == "healthy":
        predicate = _SERVICE[run.operation]
        return [
            _cloudevent(run, "service", predicate, run.target, _deployed(run, place), place)
            for place in run.inputs.get("environments", ())
        ]
    predicate = "finished" if run.is_ended else _PIPELINE.get(run.stage, "")
    if not predicate:
        return []
    content: dict[str, Any] = {"pipelineName": run.action}
    if run.is_ended:
        content["outcome"] = _OUTCOME.get(run.stage, "success")
    return [_cloudevent(run, "pipelineRun", predicate, run.run_id, content)]


def log_event(run: Run) -> dict[str, Any]:
    """The stage as an OTLP/HTTP log request with one event."""
    nanoseconds = str(int(_at(run).timestamp() * 1_000_000_000))
    attributes = {
        "payoff.run.id": run.run_id,
        "payoff.run.stage": run.stage,
        "payoff.run.attempts": run.attempts,
        "payoff.run.dry_run": run.is_dry_run,
        "payoff.action.name": run.action,
        "payoff.action.version": run.version,
        "payoff.action.operation": run.operation,
        "payoff.team": run.team,
        "service.target": run.target,
        "vcs.ref.head.revision": run.sha,
    }
    record = {
        "timeUnixNano": nanoseconds,
        "observedTimeUnixNano": nanoseconds,
        "severityNumber": 17 if run.stage == "failed" else 9,
        "eventName": f"payoff.action.{run.stage}",
        "body": {"stringValue": f"{run.action} {run.operation} {run.target}: {run.stage}"},
        "attributes": [_attribute(name, value) for name, value in attributes.items() if value != ""],
    }
    resource = {"attributes": [_attribute("service.name", "payoff")]}
    scope = {"scope": {"name": "payoff.actions"}, "logRecords": [record]}
    return {"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}


def _at(run: Run) -> datetime:
    return datetime.fromisoformat(run.stages[run.stage])


def _deployed(run: Run, place: str) -> dict[str, Any]:
    content: dict[str, Any] = {"environment": {"id": place, "source": SOURCE}}
    if run.operation != "retire" and "image" in run.inputs:
        content["artifactId"] = _package_url(str(run.inputs["image"]))
    return content


def _package_url(image: str) -> str:
    """An image by digest as a package URL (purl-spec, type oci)."""
    place, _, digest = image.partition("@")
    return f"pkg:oci/{place.rpartition('/')[2]}@{digest.replace(':', '%3A')}?repository_url={place}"


def _cloudevent(
    run: Run, subject: str, predicate: str, subject_id: str, content: Any, place: str = ""
) -> dict[str, Any]:
    kind = f"dev.cdevents.{subject.lower()}.{predicate}.0.2.0"
    identifier = "-".join(filter(None, [run.run_id, run.stage, str(run.attempts), place]))
    at = _at(run).isoformat().replace("+00:00", "Z")
    context = {"version": "0.4.1", "id": identifier, "source": SOURCE, "type": kind, "timestamp": at}
    body = {"id": subject_id, "source": SOURCE, "type": subject, "content": content}
    return {
        "specversion": "1.0",
        "id": identifier,
        "source": SOURCE,
        "type": kind,
        "time": at,
        "subject": subject_id,
        "datacontenttype": "application/json",
        "data": {"context": context, "subject": body},
    }


def _attribute(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"key": name, "value": {"boolValue": value}}
    if isinstance(value, int):
        return {"key": name, "value": {"intValue": str(value)}}
    return {"key": name, "value": {"stringValue": str(value)}}
