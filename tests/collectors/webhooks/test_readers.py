"""What each sender's events become, in whatever order they arrive, however often, without people."""

import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from collectors.webhook.reading import Delivery, FieldError, IgnoredError
from tests.collectors.webhooks import bodies as b
from tests.collectors.webhooks.senders import NOW, Row, Store, deliveries_of, request_of, source_of
from warehouse.records import to_tables

DEPLOYED = {
    "service_id": "acme/shop",
    "environment": "production",
    "status": "success",
    "sha": b.SHA,
    "started_at": "2026-03-01T10:00:00",
    "finished_at": "2026-03-01T10:09:00",
}
SERVICE = {"environment": {"id": "production"}, "artifactId": f"pkg:golang/acme.com/shop@{b.SHA}"}
RUN = {"pipelineName": "build", "url": "https://ci.example.com/9"}
BROKEN = {
    "environment": {"id": "production"},
    "service": {"id": "checkout"},
    "description": "it broke because",
}
INCIDENT = {
    "service_id": "checkout",
    "started_at": "2026-03-01T10:05:00",
    "detected_at": "2026-03-01T10:05:00",
}

# name: sender, (event type, body) in order of happening, the table and the row that they make
CASES: dict[str, tuple[str, list[tuple[str, Any]], str, Row]] = {
    "github deployment": (
        "github",
        [
            ("deployment", {k: v for k, v in b.github_status("", "").items() if k != "deployment_status"}),
            ("deployment_status", b.github_status("in_progress", "2026-03-01T10:01:00Z")),
            ("deployment_status", b.github_status("success", "2026-03-01T10:09:00Z")),
            ("deployment_status", b.github_status("success", "2026-03-01T10:12:00Z")),  # told again
        ],
        "deployments",
        DEPLOYED
        | {
            "deployment_id": "acme/shop/deployments/42",
            "trigger": "deploy",
            "url": "https://github.com/acme/shop/actions/runs/9",
        },
    ),
    "github deployment that failed, then succeeded": (
        "github",
        [
            ("deployment_status", b.github_status("failure", "2026-03-01T10:05:00Z")),
            ("deployment_status", b.github_status("in_progress", "2026-03-01T10:06:00Z")),
            ("deployment_status", b.github_status("success", "2026-03-01T10:09:00Z")),
        ],
        "deployments",
        DEPLOYED
        | {
            "deployment_id": "acme/shop/deployments/42",
            "trigger": "deploy",
            "url": "https://github.com/acme/shop/actions/runs/9",
        },
    ),
    "github pull request": (
        "github",
        [
            ("pull_request", b.github_pull("opened", "2026-03-01T09:00:00Z", draft=True)),
            ("pull_request", b.github_pull("ready_for_review", "2026-03-01T09:30:00Z")),
            (
                "pull_request_review",
                b.github_pull("submitted", "2026-03-01T10:00:00Z")
                | {
                    "review": {
                        "user": {"login": "other", "type": "User"},
                        "submitted_at": "2026-03-01T10:00:00Z",
                    }
                },
            ),
            (
                "pull_request",
                b.github_pull(
                    "closed",
                    "2026-03-01T11:00:00Z",
                    merged_at="2026-03-01T11:00:00Z",
                    closed_at="2026-03-01T11:00:00Z",
                ),
            ),
        ],
        "changes",
        {
            "change_id": "acme/shop#17",
            "service_id": "acme/shop",
            "repo_id": "acme/shop",
            "merge_sha": b.SHA,
            "opened_at": "2026-03-01T09:00:00",
            "ready_at": "2026-03-01T09:30:00",
            "first_review_at": "2026-03-01T10:00:00",
            "merged_at": "2026-03-01T11:00:00",
            "closed_at": "2026-03-01T11:00:00",
            "author": "PSEUDONYM",
            "is_bot": False,
            "url": "https://github.com/acme/shop/pull/17",
        },
    ),
    "gitlab deployment": (
        "gitlab",
        [
            ("", b.gitlab_deployment("running", "2026-03-01 11:00:00 +0100")),
            ("", b.gitlab_deployment("success", "2026-03-01 11:09:00 +0100")),
        ],
        "deployments",
        DEPLOYED
        | {
            "deployment_id": "acme/shop/deployments/15",
            "url": "https://gitlab.example.com/acme/shop/-/jobs/796",
        },
    ),
    "pagerduty incident": (
        "pagerduty",
        [
            ("", b.pagerduty("incident.triggered", "2026-03-01T10:05:00Z", "E1")),
            ("", b.pagerduty("incident.acknowledged", "2026-03-01T10:06:00Z", "E2", "acknowledged")),
            ("", b.pagerduty("incident.resolved", "2026-03-01T10:50:00Z", "E3", "resolved")),
            ("", b.pagerduty("incident.priority_updated", "2026-03-01T15:00:00Z", "E4", "resolved")),
        ],
        "incidents",
        INCIDENT
        | {
            "incident_id": "PINC1",
            "service_id": "PCHECKOUT",
            "detected_at": "2026-03-01T10:06:00",
            "resolved_at": "2026-03-01T10:50:00",
            "url": "https://acme.pagerduty.com/incidents/PINC1",
        },
    ),
    "pagerduty incident that was reopened": (
        "pagerduty",
        [
            ("", b.pagerduty("incident.resolved", "2026-03-01T10:50:00Z", "E3", "resolved")),
            ("", b.pagerduty("incident.reopened", "2026-03-01T10:55:00Z", "E4")),
        ],
        "incidents",
        {name: value for name, value in INCIDENT.items() if name != "detected_at"}
        | {
            "incident_id": "PINC1",
            "service_id": "PCHECKOUT",
            "url": "https://acme.pagerduty.com/incidents/PINC1",
        },
    ),
    "alertmanager alert": (
        "alertmanager",
        [
            ("", b.alertmanager(b.alert("firing", "2026-03-01T10:05:00Z"))),
            ("", b.alertmanager(b.alert("resolved", "2026-03-01T10:05:00Z", "2026-03-01T10:50:00.5Z"))),
        ],
        "incidents",
        INCIDENT
        | {
            "incident_id": "229cbcae51caeb1e@2026-03-01T10:05:00Z",
            "resolved_at": "2026-03-01T10:50:00.500000",
            "severity": "critical",
            "url": "http://prometheus.example.com/graph",
        },
    ),
    "cdevents service": (
        "cdevents",
        [("", b.cdevent("service.rolledback.0.3.0", "2026-03-01T10:09:00Z", "shop", SERVICE))],
        "deployments",
        {k: v for k, v in DEPLOYED.items() if k != "started_at"}
        | {"deployment_id": "/ci/main#e-1", "service_id": "shop", "is_rollback": True},
    ),
    "cdevents deployment": (
        "cdevents",
        [
            ("", b.cdevent("deployment.started.0.1.0", "2026-03-01T10:00:00Z", "dep-1", SERVICE)),
            (
                "",
                b.cdevent(
                    "deployment.finished.0.1.0",
                    "2026-03-01T10:09:00Z",
                    "dep-1",
                    {**SERVICE, "outcome": "error"},
                    "e-2",
                ),
            ),
        ],
        "deployments",
        DEPLOYED | {"deployment_id": "/ci/main#dep-1", "service_id": "acme.com/shop", "status": "failure"},
    ),
    "cdevents pipeline run": (
        "cdevents",
        [
            ("", b.cdevent("pipelinerun.queued.0.2.0", "2026-03-01T10:00:00Z", "run-1", RUN)),
            ("", b.cdevent("pipelinerun.started.0.2.0", "2026-03-01T10:01:00Z", "run-1", RUN, "e-2")),
            (
                "",
                b.cdevent(
                    "pipelinerun.finished.0.2.0",
                    "2026-03-01T10:09:00Z",
                    "run-1",
                    {**RUN, "outcome": "success"},
                    "e-3",
                ),
            ),
        ],
        "builds",
        {
            "build_id": "/ci/main#run-1",
            "status": "success",
            "queued_at": "2026-03-01T10:00:00",
            "started_at": "2026-03-01T10:01:00",
            "finished_at": "2026-03-01T10:09:00",
            "job": "build",
            "url": "https://ci.example.com/9",
        },
    ),
    "cdevents incident": (
        "cdevents",
        [
            ("", b.cdevent("incident.detected.0.3.0", "2026-03-01T10:05:00Z", "inc-1", BROKEN)),
            ("", b.cdevent("incident.resolved.0.3.0", "2026-03-01T10:50:00Z", "inc-1", BROKEN, "e-2")),
        ],
        "incidents",
        INCIDENT | {"incident_id": "/ci/main#inc-1", "resolved_at": "2026-03-01T10:50:00"},
    ),
    "json deployment": (
        "json",
        [
            (
                "",
                {
                    "deployment": {
                        "deployment_id": "d-17",
                        "service_id": "shop",
                        "environment": "production",
                        "status": "SUCCESS",
                        "finished_at": "2026-03-01T11:09:00+01:00",
                        "via": "golden_path",
                        "is_hotfix": True,
                    }
                },
            )
        ],
        "deployments",
        {
            "deployment_id": "d-17",
            "service_id": "shop",
            "environment": "production",
            "status": "success",
            "finished_at": "2026-03-01T10:09:00",
            "via": "golden_path",
            "is_hotfix": True,
        },
    ),
}


def delivered(name: str) -> tuple[Store, list[Delivery]]:
    sender, events, _, _ = CASES[name]
    source = source_of(sender)
    found = [
        delivery
        for n, (event, body) in enumerate(events)
        for delivery in deliveries_of(
            source, request_of(sender, body, event=event, delivery=f"d-{n}"), NOW + timedelta(seconds=n)
        )
    ]
    return Store(source), found


def rows(store: Store, table: str) -> Row:
    row = store.only(table)
    if "author" in row:
        assert len(row["author"]) == 16
        row["author"] = "PSEUDONYM"
    return row


@pytest.mark.parametrize("name", list(CASES))
def test_events_make_their_row_in_any_order_and_however_often(name: str) -> None:
    _, _, table, expected = CASES[name]
    _, found = delivered(name)
    for order in itertools.permutations(found):
        store = Store(delivered(name)[0].source)
        store.take(order)
        assert rows(store, table) == expected
        before = json.dumps({k: v.body.decode() for k, v in store.raw[table].items()})
        store.take(order)
        assert rows(store, table) == expected
        assert json.dumps({k: v.body.decode() for k, v in store.raw[table].items()}) == before
        assert not store.skipped


@pytest.mark.parametrize("name", list(CASES))
def test_kept_bodies_give_the_same_row_and_hold_no_person_and_no_secret(name: str) -> None:
    store, found = delivered(name)
    table = CASES[name][2]
    store.take(found)
    inbox = next(inbox for inbox in store.source.inboxes() if inbox.name == table)
    kept = list(store.raw[table].values())
    again = [record for body in kept for record in inbox.parse_raw(body)]
    assert to_tables(again)[table].to_pylist() == list(store.rows[table].values())
    text = "".join(body.body.decode() for body in kept) + repr(found)
    assert [word for word in b.SEEDED if word in text] == []


@pytest.mark.parametrize(
    ("sender", "event", "body", "reason"),
    [
        ("github", "ping", {"zen": "x", "repository": b.REPOSITORY}, "ping"),
        ("github", "deployment_status", b.github_status("inactive", "2026-03-01T12:00:00Z"), "superseded"),
        ("gitlab", "", {"object_kind": "push", "project": {"path_with_namespace": "a/b"}}, "push"),
        ("pagerduty", "", b.pagerduty("incident.annotated", "2026-03-01T12:00:00Z"), "annotated"),
        ("pagerduty", "", {"event": {"event_type": "pagey.ping"}}, "pagey.ping"),
        ("cdevents", "", b.cdevent("taskrun.started.0.2.0", "2026-03-01T12:00:00Z", "t", {}), "taskrun"),
        (
            "cdevents",
            "",
            b.cdevent(
                "incident.detected.0.3.0", "2026-03-01T12:00:00Z", "i", {"environment": {"id": "test"}}
            ),
            "test is not production",
        ),
    ],
)
def test_what_tells_nothing_is_ignored_with_the_reason(
    sender: str, event: str, body: Any, reason: str
) -> None:
    source = source_of(sender)
    (delivery,) = deliveries_of(source, request_of(sender, body, event=event))
    with pytest.raises(IgnoredError, match=reason):
        source.read(delivery)


def test_types_that_are_configured_to_be_ignored_are() -> None:
    source = source_of("cdevents", ignore=["service.deployed"])
    body = b.cdevent("service.deployed.0.3.0", "2026-03-01T12:00:00Z", "shop", SERVICE)
    (delivery,) = deliveries_of(source, request_of("cdevents", body))
    with pytest.raises(IgnoredError, match="not taken"):
        source.read(delivery)


def test_alerts_of_another_environment_are_ignored_where_a_label_tells_it() -> None:
    body = b.alertmanager(
        b.alert("firing", "2026-03-01T10:05:00Z", env="staging"),
        b.alert("firing", "2026-03-01T10:05:00Z", env="production"),
    )
    source = source_of("alertmanager", labels={"environment": "env"})
    staging, production = deliveries_of(source, request_of("alertmanager", body))
    with pytest.raises(IgnoredError, match="staging"):
        source.read(staging)
    assert source.read(production).values["service_id"] == "checkout"


def test_an_alert_that_fires_again_is_another_incident() -> None:
    store = Store(source_of("alertmanager"))
    for starts in ("2026-03-01T10:05:00Z", "2026-03-01T18:00:00Z"):
        body = b.alertmanager(b.alert("firing", starts))
        store.take(deliveries_of(store.source, request_of("alertmanager", body)))
    assert len(store.rows["incidents"]) == 2


def test_an_end_without_a_start_is_kept_until_the_start_comes() -> None:
    store, found = delivered("cdevents incident")
    store.take(found[1:])
    assert store.rows == {}
    assert "incidents.started_at is required" in store.skipped["/ci/main#inc-1"]
    store.take(found[:1])
    assert rows(store, "incidents") == CASES["cdevents incident"][3]
    assert not store.skipped


@pytest.mark.parametrize("mode", ["structured", "batch"])
def test_cdevents_come_in_structured_mode_and_as_a_batch(mode: str) -> None:
    event = b.cdevent("service.deployed.0.3.0", "2026-03-01T10:09:00Z", "shop", SERVICE)
    envelope = {"specversion": "1.0", "id": "e-1", "source": "/ci/main", "data": event}
    envelope["type"] = event["context"]["type"]
    source = source_of("cdevents")
    body: Any = [envelope, envelope] if mode == "batch" else envelope
    request = request_of("json", body)
    suffix = "-batch+json" if mode == "batch" else "+json"
    headers = {**request.headers, "content-type": f"application/cloudevents{suffix}"}
    found = source.deliveries(type(request)(headers, request.body), NOW)
    store = Store(source)
    store.take(found)
    assert len(found) == (2 if mode == "batch" else 1)
    assert store.only("deployments")["service_id"] == "shop"


def test_a_quiet_day_is_zero_only_from_the_day_on_that_everything_is_sent() -> None:
    source = source_of("json", complete_since={"deployments": "2026-02-01", "incidents": "2026-04-01"})
    assert [(c.resource, c.from_at.isoformat(), c.to_at) for c in source.coverage(NOW)] == [
        ("deployments", "2026-02-01T00:00:00+00:00", NOW)
    ]
    assert source_of("json").coverage(NOW) == ()


def _wrong(path: str, value: Any, body: Any) -> Any:
    """The body with another value at a path; ``...`` takes the key out."""
    body = json.loads(json.dumps(body))
    *above, last = path.split(".")
    here: Any = body
    for key in above:
        here = here[int(key)] if isinstance(here, list) else here[key]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return body


NEUTRAL = CASES["json deployment"][1][0][1]
FAULTS: Sequence[tuple[str, str, Any, str, Any, str, str]] = [
    ("github", "deployment_status", b.github_status("done", "2026-03-01T10:00:00Z"), "", None,
     "deployment_status.state", "pending, queued"),
    ("github", "deployment_status", b.github_status("success", "yesterday"), "", None,
     "deployment_status.created_at", "2026-03-01T09:10:00Z"),
    ("github", "deployment_status", b.github_status("success", "2026-03-01T10:00:00Z"), "repository", ...,
     "repository", "missing"),
    ("gitlab", "", b.gitlab_deployment("great", "2026-03-01T10:00:00Z"), "", None, "status", "running"),
    ("pagerduty", "", b.pagerduty("incident.triggered", "2026-03-01T10:00:00Z"), "event.data.service", ...,
     "event.data.service", "missing"),
    ("alertmanager", "", b.alertmanager(b.alert("firing", "2026-03-01T10:00:00")), "", None,
     "alerts[0].startsAt", "time zone"),
    ("cdevents", "", b.cdevent("service.deployed.0.3.0", "2026-03-01T10:00:00Z", "s", {}), "", None,
     "subject.content.environment", "missing"),
    ("json", "", NEUTRAL, "deployment.status", "succeeded", "deployment.status", "success, failure"),
    ("json", "", NEUTRAL, "deployment.finished_at", ..., "deployment.finished_at", "ended"),
    ("json", "", NEUTRAL, "deployment.enviroment", "production", "deployment.enviroment", "mean environment"),
    ("json", "", NEUTRAL, "deployment.is_hotfix", "yes", "deployment.is_hotfix", "true or false"),
    ("json", "", NEUTRAL, "incident", {}, "", "one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("sender", "event", "body", "path", "value", "field", "words"), FAULTS)
def test_a_wrong_field_is_named(
    sender: str, event: str, body: Any, path: str, value: Any, field: str, words: str
) -> None:
    source = source_of(sender)
    request = request_of(sender, _wrong(path, value, body) if path else body, event=event)
    with pytest.raises(FieldError, match=words) as caught:
        [source.read(delivery) for delivery in deliveries_of(source, request)]
    assert caught.value.field == field
