"""CDEvents in CloudEvents: deployments of services, pipeline runs, incidents, changes.

Written against cdevents.dev, specification 0.5 (with `deployment` events of the 0.6 draft), and its
CloudEvents binding over HTTP: binary mode (``ce-…`` headers) and structured mode, alone or as a batch.
`service` events tell of successes only; a failed roll-out is told by `deployment.finished`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from collectors.webhook.reading import Delivery, FieldError, Fields, IgnoredError, Sighting
from warehouse.records import Build, Change, Deployment, Incident

_TYPE = re.compile(r"dev\.cdevents\.(?P<subject>\w+)\.(?P<predicate>\w+)(?:\.\d.*|\.draft)?")
_OUTCOMES = {
    "success": "success",
    "failure": "failure",
    "error": "failure",
    "cancel": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
IsProduction = Callable[[str], bool]


def events(content_type: str, headers: Mapping[str, str], body: Any) -> list[Any]:
    """The CDEvents of a request: what the CloudEvents around them carry as data.

    Raises
    ------
    FieldError : it is no CloudEvent of version 1.0.
    """
    if content_type == "application/cloudevents-batch+json":
        if not isinstance(body, list):
            raise FieldError("", "should be a list of CloudEvents")
        return [_enveloped(item, f"[{i}]") for i, item in enumerate(body)]
    if content_type == "application/cloudevents+json":
        return [_enveloped(body, "")]
    if headers.get("ce-specversion") != "1.0":
        raise FieldError(
            "ce-specversion",
            "should be 1.0: send a CloudEvent, in binary mode or as application/cloudevents+json",
        )
    return [_same_type(Fields(body), unquote(headers.get("ce-type", "")), "ce-type")]


def _enveloped(envelope: Any, path: str) -> Any:
    fields = Fields(envelope, path)
    if fields.text("specversion") != "1.0":
        raise FieldError(f"{path}.specversion".removeprefix("."), "should be 1.0")
    return _same_type(fields.within("data"), fields.text("type"), "type")


def _same_type(data: Fields, envelope_type: str, name: str) -> Any:
    if data.within("context").text("type") != envelope_type:
        raise FieldError(name, "differs from context.type of the event inside")
    return data.value


def short_type(text: str) -> str:
    """``service.deployed`` for ``dev.cdevents.service.deployed.0.3.0``, whatever the version."""
    match = _TYPE.fullmatch(text)
    return f"{match['subject']}.{match['predicate']}" if match else text


def read(delivery: Delivery, *, is_production: IsProduction) -> Sighting:
    """What the event tells.

    Raises
    ------
    FieldError : a field is missing or wrong. IgnoredError : Payoff measures nothing of this.
    """
    body = Fields(delivery.body)
    context, subject = body.within("context"), body.within("subject")
    match = _TYPE.fullmatch(context.text("type"))
    if match is None:
        raise FieldError("context.type", "should be dev.cdevents.SUBJECT.PREDICATE.VERSION")
    reader = _READERS.get((match["subject"], match["predicate"]))
    if reader is None:
        raise IgnoredError(f"events of type {match[0]} tell nothing that is measured")
    found = reader(match["predicate"], context, subject)
    environment = subject.maybe_within("content").maybe_within("environment").maybe_text("id")
    if found.record is Incident and environment is not None and not is_production(environment):
        raise IgnoredError(f"environment {environment} is not production")
    return found


def _service(predicate: str, context: Fields, subject: Fields) -> Sighting:
    at, content = context.time("timestamp"), subject.within("content")
    values = {
        "service_id": subject.text("id"),
        "environment": content.within("environment").text("id"),
        "status": "success",
        "sha": _sha(content),
        "finished_at": at,
        "is_rollback": True if predicate == "rolledback" else None,
    }
    return Sighting(Deployment, {"deployment_id": _identifier(context, context)}, at, False, values)


def _deployment(predicate: str, context: Fields, subject: Fields) -> Sighting:
    at, content = context.time("timestamp"), subject.within("content")
    has_ended = predicate == "finished"
    values = {
        "service_id": _artifact(content),
        "environment": content.within("environment").text("id"),
        "status": content.choice("outcome", _OUTCOMES) if has_ended else "in_progress",
        "sha": _sha(content),
        "started_at": at if predicate == "started" else None,
        "finished_at": at if has_ended else None,
    }
    return Sighting(Deployment, {"deployment_id": _identifier(context, subject)}, at, not has_ended, values)


def _pipeline_run(predicate: str, context: Fields, subject: Fields) -> Sighting:
    at, content = context.time("timestamp"), subject.maybe_within("content")
    has_ended = predicate == "finished"
    values = {
        "status": content.choice("outcome", _OUTCOMES) if has_ended else "in_progress",
        "job": content.maybe_text("pipelineName"),
        "queued_at": at if predicate == "queued" else None,
        "started_at": at if predicate == "started" else None,
        "finished_at": at if has_ended else None,
        "url": content.maybe_text("url") or content.maybe_text("uri"),
    }
    return Sighting(Build, {"build_id": _identifier(context, subject)}, at, not has_ended, values)


def _incident(predicate: str, context: Fields, subject: Fields) -> Sighting:
    at, content = context.time("timestamp"), subject.within("content")
    is_open = predicate != "resolved"
    values = {
        "service_id": content.maybe_within("service").maybe_text("id"),
        "started_at": at if is_open else None,
        "detected_at": at if is_open else None,
        "resolved_at": None if is_open else at,
        "url": content.maybe_text("ticketURI"),
    }
    return Sighting(Incident, {"incident_id": _identifier(context, subject)}, at, is_open, values)


def _change(predicate: str, context: Fields, subject: Fields) -> Sighting:
    at = context.time("timestamp")
    repo = subject.within("content").within("repository").text("id")
    moment = {"created": "opened_at", "reviewed": "first_review_at", "merged": "merged_at"}
    values = {"repo_id": repo, moment.get(predicate, "closed_at"): at}
    key = {"change_id": f"{repo}#{subject.text('id')}", "service_id": repo}
    return Sighting(Change, key, at, predicate not in ("merged", "abandoned"), values)


def _identifier(context: Fields, owner: Fields) -> str:
    """Identifiers are unique within their source only."""
    return f"{owner.maybe_text('source') or context.text('source')}#{owner.text('id')}"


def _artifact(content: Fields) -> str:
    """The name in a package URL: ``pkg:oci/shop@sha256%3A…`` is ``shop``."""
    purl = content.text("artifactId").partition("@")[0].partition("?")[0]
    kind, _, name = purl.removeprefix("pkg:").partition("/")
    if not purl.startswith("pkg:") or not kind or not name:
        raise FieldError(f"{content.path}.artifactId", "should be a package URL, such as pkg:oci/shop@1.2")
    return unquote(name)


def _sha(content: Fields) -> str | None:
    """A commit's hash, where the package URL holds one: as its version or in ``vcs_url``."""
    purl, _, qualifiers = (content.maybe_text("artifactId") or "").partition("?")
    candidates = [unquote(purl).rpartition("@")[2]]
    candidates += [
        unquote(part.removeprefix("vcs_url=")).rpartition("@")[2]
        for part in qualifiers.partition("#")[0].split("&")
        if part.startswith("vcs_url=")
    ]
    return next((text for text in reversed(candidates) if _SHA.fullmatch(text)), None)


_READERS = {
    **{("service", predicate): _service for predicate in ("deployed", "upgraded", "rolledback")},
    **{("deployment", predicate): _deployment for predicate in ("queued", "started", "finished")},
    **{("pipelinerun", predicate): _pipeline_run for predicate in ("queued", "started", "finished")},
    **{("incident", predicate): _incident for predicate in ("detected", "reported", "resolved")},
    **{("change", predicate): _change for predicate in ("created", "reviewed", "merged", "abandoned")},
}
