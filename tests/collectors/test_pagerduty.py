"""What PagerDuty's incidents count as, and that old ones, open ones and very many are all found."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.base import Context, pseudonymiser
from collectors.http import Client
from collectors.pagerduty.items import Rules, incident, shape
from collectors.pagerduty.source import Config, PagerDutySource, build
from collectors.rest import RestResource
from tests.collectors.contract import Store, place_of
from warehouse.records import Incident

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 2, tzinfo=UTC)


def entry(kind: str, at: str, **rest: Any) -> dict[str, Any]:
    about = {"id": "PI1", "type": "incident_reference"}
    return {
        "id": f"{kind} {at}",
        "type": f"{kind}_log_entry",
        "created_at": at,
        "incident": about,
        "channel": rest,
    }


def an_incident(**given: Any) -> dict[str, Any]:
    return {
        "id": "PI1",
        "status": "triggered",
        "urgency": "high",
        "priority": None,
        "created_at": "2026-02-03T14:00:00Z",
        "updated_at": "2026-02-20T09:00:00Z",
        "service": {"id": "PSVC"},
        "html_url": "https://acme.pagerduty.example/incidents/PI1",
        "log_entries": [],
        **given,
    }


def found(rules: Rules, **given: Any) -> list[Incident]:
    records = incident(shape(rules)(an_incident(**given)), rules)
    return [record for record in records if isinstance(record, Incident)]


P1, P4 = {"summary": "P1"}, {"summary": "P4"}


@pytest.mark.parametrize(
    ("rules", "given", "counts"),
    [
        (Rules(), {"urgency": "high"}, True),
        (Rules(), {"urgency": "low"}, False),
        (Rules(urgencies=("high", "low")), {"urgency": "low"}, True),
        (Rules(priorities=("P1",)), {"priority": P1}, True),
        (Rules(priorities=("P1",)), {"priority": P4}, False),
        (Rules(priorities=("P1",)), {}, False),
        (Rules(services=("POTHER",)), {}, False),
    ],
)
def test_only_configured_urgencies_and_priorities_are_incidents(
    rules: Rules, given: dict[str, Any], counts: bool
) -> None:
    assert bool(found(rules, **given)) is counts
    assert (rules.why_left_out(shape(rules)(an_incident(**given))) == "") is counts


def test_one_that_was_lowered_still_counts_for_it_would_stay_open_for_ever() -> None:
    lowered = [entry("urgency_change", "2026-02-03T15:00:00Z")]
    assert found(Rules(), urgency="low", log_entries=lowered)
    sunk = [entry("priority_change", "2026-02-03T15:00:00Z", old_priority=P1, new_priority=P4)]
    assert found(Rules(priorities=("P1",)), priority=P4, log_entries=sunk)


def test_the_log_says_when_it_was_seen_and_when_it_was_over() -> None:
    log = [
        entry("resolve", "2026-02-03T15:00:00Z"),
        entry("acknowledge", "2026-02-03T14:20:00Z"),
        entry("resolve", "2026-02-03T14:30:00Z"),
        entry("acknowledge", "2026-02-03T14:05:00Z"),
        entry("trigger", "2026-02-03T13:59:58Z"),
    ]
    (one,) = found(Rules(), status="resolved", log_entries=log)
    assert [one.started_at, one.detected_at, one.resolved_at] == [
        datetime(2026, 2, 3, 13, 59, 58, tzinfo=UTC),
        datetime(2026, 2, 3, 14, 5, tzinfo=UTC),
        datetime(2026, 2, 3, 15, tzinfo=UTC),
    ]


def test_one_that_was_opened_again_is_not_over() -> None:
    (one,) = found(Rules(), status="triggered", log_entries=[entry("resolve", "2026-02-03T15:00:00Z")])
    assert one.resolved_at is None


def test_its_last_edit_is_never_taken_for_its_end() -> None:
    with pytest.raises(ValueError, match="neither its log nor the incident says when"):
        found(Rules(), status="resolved")


def test_the_cause_stated_on_an_incident_goes_before_that_of_its_service() -> None:
    rules = Rules(cause_field="cause", causes={"release": "change"}, service_causes={"PSVC": "third_party"})
    stated = [{"name": "cause", "value": "release"}]
    assert [one.cause for one in found(rules, custom_fields=stated)] == ["change"]
    assert [one.cause for one in found(rules)] == ["third_party"]
    assert [one.cause for one in found(Rules())] == [None]


class FakePagerDuty:
    """The real limits: windows of six months at most, offset and limit of 10,000 at most together."""

    def __init__(self, incidents: list[dict[str, Any]], log: list[dict[str, Any]] | None = None) -> None:
        self.incidents = {one["id"]: one for one in incidents}
        self.log = log or []
        self.seen: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.url.path)
        parts = request.url.path.strip("/").split("/")
        params = request.url.params
        if parts == ["services"]:
            return httpx.Response(200, json={"services": [{"id": "PSVC"}, {"id": "PQUIET"}], "more": False})
        if parts == ["incidents"]:
            ordered = sorted(self.incidents.values(), key=lambda one: str(one["created_at"]))
            return self._window("incidents", ordered, params)
        if parts == ["log_entries"]:
            ordered = sorted(self.log, key=lambda one: str(one["created_at"]), reverse=True)
            return self._window("log_entries", ordered, params)
        if parts[-1] == "log_entries":
            mine = [one for one in self.log if one["incident"]["id"] == parts[1]]
            return httpx.Response(200, json={"log_entries": mine, "more": False})
        one = self.incidents.get(parts[1])
        return httpx.Response(200, json={"incident": one}) if one else httpx.Response(404)

    def _window(self, name: str, ordered: list[dict[str, Any]], params: httpx.QueryParams) -> httpx.Response:
        since, until = (datetime.fromisoformat(params[key]) for key in ("since", "until"))
        offset, limit = int(params.get("offset", 0)), int(params["limit"])
        if offset + limit > 10_000 or (name == "incidents" and until - since > timedelta(days=183)):
            return httpx.Response(400)
        inside = [one for one in ordered if params["since"] <= str(one["created_at"]) < params["until"]]
        return httpx.Response(
            200, json={name: inside[offset : offset + limit], "more": offset + limit < len(inside)}
        )


@pytest.fixture
def source_of(tmp_path: Path) -> Callable[..., PagerDutySource]:
    def made(api: FakePagerDuty, now: datetime = NOW, **keys: Any) -> PagerDutySource:
        config = Config.model_validate({"token": "t", "start_on": "2025-01-01", **keys})
        source = build("pager", config, Context(now, tmp_path, pseudonymiser(b"k"), lambda name: True))
        client = Client("pager", config.url, transport=httpx.MockTransport(api))
        source.__dict__["_client"] = client
        return source

    return made


def run(source: PagerDutySource, store: Store, only: str = "") -> None:
    for resource in source.resources():
        kept = store.cursors.get(place_of(resource))
        if only in ("", resource.name):
            for page in resource.pages(json.loads(kept) if kept else None):
                store.put(place_of(resource), page)


def test_an_old_incident_whose_log_goes_on_is_fetched_again(
    source_of: Callable[..., PagerDutySource],
) -> None:
    log = [entry("trigger", "2026-02-03T14:00:00Z"), entry("resolve", "2026-02-03T15:00:00Z")]
    api = FakePagerDuty([an_incident(status="resolved")], log)
    store = Store()
    run(source_of(api), store)
    assert store.known()["incidents"][0]["resolved_at"] == "2026-02-03T15:00:00"
    api.seen.clear()
    run(source_of(api, LATER), store)
    # Nothing new: the services, the incidents since, the log since.
    assert api.seen == ["/services", "/incidents", "/log_entries"]
    api.log += [entry("acknowledge", "2026-03-02T12:00:00Z"), entry("resolve", "2026-03-02T12:30:00Z")]
    api.seen.clear()
    run(source_of(api, LATER + timedelta(days=1)), store)
    assert store.known()["incidents"][0]["resolved_at"] == "2026-03-02T12:30:00"
    assert api.seen[3:] == ["/incidents/PI1", "/incidents/PI1/log_entries"]  # once, although the log has two


def test_one_that_is_open_is_fetched_again_until_it_is_resolved(
    source_of: Callable[..., PagerDutySource],
) -> None:
    api = FakePagerDuty([an_incident()], [entry("trigger", "2026-02-03T14:00:00Z")])
    store = Store()
    run(source_of(api), store)
    assert "resolved_at" not in store.known()["incidents"][0]
    api.incidents["PI1"]["status"] = "resolved"
    api.log.append(entry("resolve", "2026-03-01T08:00:00Z"))
    run(source_of(api, LATER), store, only="incidents")
    assert store.known()["incidents"][0]["resolved_at"] == "2026-03-01T08:00:00"
    assert json.loads(store.cursors["incidents", "*"])["unfinished"] == []


def test_a_service_that_is_watched_and_had_none_is_covered(source_of: Callable[..., PagerDutySource]) -> None:
    store = Store()
    run(source_of(FakePagerDuty([])), store)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    assert {(one.resource, one.scope_id, one.from_at, one.to_at) for one in store.coverage} == {
        ("incidents", "PSVC", begin, NOW),
        ("incidents", "PQUIET", begin, NOW),
    }


def test_more_than_offsets_can_reach_are_all_found(source_of: Callable[..., PagerDutySource]) -> None:
    """10,250 in the first two months of 14: that window is cut once, and two more follow."""
    first = datetime(2025, 1, 2, tzinfo=UTC)
    many = [
        an_incident(id=f"P{n:05d}", urgency="low", created_at=f"{first + timedelta(minutes=8 * n):%FT%TZ}")
        for n in range(10_250)
    ]
    api = FakePagerDuty(many)
    incidents = source_of(api).resources()[0]
    assert isinstance(incidents, RestResource)
    bare = replace(incidents, details=())  # the logs of so many would take long
    bodies = {body.key for page in bare.pages(None) for body in page.raw}
    assert len(bodies) == 10_250


def test_a_log_that_is_longer_than_offsets_can_reach_is_read_to_its_end(
    source_of: Callable[..., PagerDutySource],
) -> None:
    first = datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)
    log = [entry("notify", f"{first + timedelta(seconds=5 * n):%FT%TZ}") for n in range(10_250)]
    log[0]["incident"] = {"id": "POLDEST"}
    api, store = FakePagerDuty([]), Store()
    run(source_of(api), store)
    api.log = log
    changes = source_of(api, LATER).resources()[1]
    assert isinstance(changes, RestResource)
    cursor = json.loads(store.cursors["incident_changes", "*"])
    pages = list(replace(changes, details=()).pages(cursor))
    assert {body.key for page in pages for body in page.raw} == {"PI1", "POLDEST"}
