"""What becomes of an issue: a ticket of one type, its history, its work, perhaps an incident; nobody."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from collectors.jira.items import parser
from collectors.jira.shape import shaper, words_in
from collectors.people import Pseudonyms
from collectors.scrub import turned_people
from collectors.ticket_rules import TicketRule, first_fitting
from tests.collectors.jira_api import PSEUDONYM, config, history, issue, records, ticket, work
from warehouse.records import Incident, TicketTransition, Worklog

RECORDING = Path(__file__).parents[3] / "shared/recordings/jira/cloud_board8_EE/bodies"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"labels": ["urgent", "how-to"]}, "how_to"),
        ({"labels": ["how-to"], "issuetype": {"name": "Incident"}}, "incident"),  # an earlier rule
        ({"issuetype": {"name": "Service Request"}, "components": [{"name": "databases"}]}, "request"),
        ({"issuetype": {"name": "Service Request"}}, "other"),  # one condition is not enough
        ({"issuetype": {"name": "incident"}}, "other"),  # case matters
        ({"labels": ["not-how-to"]}, "other"),  # the whole word
    ],
)
def test_a_ticket_has_the_type_of_the_first_rule_that_fits(fields: dict[str, Any], kind: str) -> None:
    rules = [
        {"issue_type": "Incident", "type": "incident"},
        {"label": ["how-to", "question"], "type": "how_to"},
        {"issue_type": "Service Request", "component": "/^data.*$/", "project": "HELP", "type": "request"},
    ]
    assert ticket(issue(**fields), tickets=rules).type == kind


def test_a_rule_without_conditions_takes_every_ticket() -> None:
    rules = [TicketRule(type="request", action="anything")]
    assert first_fitting(rules, {"project": ["X"]}) == rules[0]
    assert first_fitting((), {"project": ["X"]}) is None


def test_the_first_response_is_public_and_by_somebody_else() -> None:
    comments = [
        {"created": "2026-01-05T11:00:00Z", "author": {"accountId": "asker"}},
        {"created": "2026-01-05T12:00:00Z", "author": {"accountId": "robot", "accountType": "app"}},
        {"created": "2026-01-05T13:00:00Z", "author": {"accountId": "helper"}, "jsdPublic": False},
        {"created": "2026-01-05T14:00:00Z", "author": {"accountId": "helper"}, "jsdPublic": True},
    ]
    raw = issue(comment={"total": 4, "comments": comments})
    assert ticket(raw).first_response_at == datetime(2026, 1, 5, 14, tzinfo=UTC)
    raw["changelog"] = {"histories": [history("2026-01-05T13:30:00Z", "helper", "Open", "Doing")]}
    assert ticket(raw).first_response_at == datetime(2026, 1, 5, 13, 30, tzinfo=UTC)
    raw["changelog"] = {"histories": [history("2026-01-05T10:30:00Z", "asker", "Open", "Doing")]}
    assert ticket(raw).first_response_at == datetime(2026, 1, 5, 14, tzinfo=UTC)
    assert ticket(issue()).first_response_at is None


def test_when_a_ticket_was_resolved_is_said_by_the_resolution_the_category_or_the_history() -> None:
    done = {"name": "Done", "statusCategory": {"key": "done"}}
    resolved = "2026-01-07T10:00:00.000+0100"
    assert ticket(issue(resolutiondate=resolved)).resolved_at == datetime(2026, 1, 7, 9, tzinfo=UTC)
    moved = issue(status=done, statuscategorychangedate="2026-01-08T10:00:00.000+0100")
    assert ticket(moved).resolved_at == datetime(2026, 1, 8, 9, tzinfo=UTC)
    told = issue(status=done)
    told["changelog"]["histories"] = [
        history("2026-01-09T08:00:00Z", "helper", "Open", "Done"),
        history("2026-01-10T08:00:00Z", "helper", "Done", "Open"),
        history("2026-01-11T08:00:00Z", "helper", "Open", "Done"),
    ]
    assert ticket(told).resolved_at == datetime(2026, 1, 11, 8, tzinfo=UTC)
    assert ticket(issue(status=done)).resolved_at is None  # done, and nobody says when
    assert ticket(issue(statuscategorychangedate=resolved)).resolved_at is None  # reopened


def test_work_that_began_at_one_instant_is_added_up_and_no_work_is_unknown() -> None:
    entries = [work("2026-01-05T10:00:00.000+0100", 1800), work("2026-01-05T09:00:00Z", 900)]
    found = records(issue(worklog={"total": 2, "worklogs": entries}))
    at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert [record for record in found if isinstance(record, Worklog)] == [Worklog("1", at, hours=0.75)]
    assert ticket(issue(worklog={"total": 0, "worklogs": []})).touch_hours is None


def test_only_moves_of_the_status_are_transitions() -> None:
    raw = issue()
    raw["changelog"]["histories"] = [
        {"created": "2026-01-06T08:00:00Z", "items": [{"field": "assignee", "toString": "Jane Doe"}]},
        history("2026-01-05T12:00:00.000+0100", "helper", "Open", "Doing"),
    ]
    at = datetime(2026, 1, 5, 11, tzinfo=UTC)
    found = [record for record in records(raw) if isinstance(record, TicketTransition)]
    assert found == [TicketTransition("1", at, from_status="Open", to_status="Doing")]


def test_an_incident_by_rule_stays_a_ticket_of_one_type_too() -> None:
    raw = issue(
        issuetype={"name": "Incident"},
        priority={"name": "Highest"},
        components=[{"name": "checkout"}],
        resolutiondate="2026-01-05T11:00:00Z",
    )
    keys: dict[str, Any] = {
        "tickets": [{"type": "incident", "issue_type": "Incident"}],
        "incidents": [{"issue_type": "Incident", "cause": "third_party"}],
        "service_field": "components",
    }
    assert ticket(raw, **keys).type == "incident"
    (incident,) = [record for record in records(raw, **keys) if isinstance(record, Incident)]
    created_at = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert incident == Incident(
        "1",
        created_at,
        service_id="checkout",
        detected_at=created_at,
        resolved_at=datetime(2026, 1, 5, 11, tzinfo=UTC),
        severity="Highest",
        cause="third_party",
        url="https://jira.example/browse/HELP-1",
    )
    assert not [record for record in records(issue(), **keys) if isinstance(record, Incident)]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("checkout", ["checkout"]),
        ({"value": "checkout"}, ["checkout"]),
        ({"requestType": {"id": "1", "name": "New database"}}, ["New database"]),
        ([{"name": "a"}, {"name": "b"}], ["a", "b"]),
        ({"accountId": "1", "displayName": "Jane Doe", "name": "jdoe"}, []),
        ([{"name": "jdoe", "displayName": "Jane Doe"}], []),
        (None, []),
        (7, []),
    ],
)
def test_the_words_of_a_field_are_never_a_person(value: Any, words: list[str]) -> None:
    assert words_in(value) == words


def test_a_user_of_data_center_without_account_id_is_a_pseudonym_too() -> None:
    jane = {"name": "jdoe", "key": "JIRAUSER10100", "displayName": "Jane Doe"}
    raw = issue(
        reporter=jane, comment={"total": 1, "comments": [{"created": "2026-01-05T11:00:00Z", "author": jane}]}
    )
    kept = json.dumps(shaper(PSEUDONYM, ())(raw))
    assert [word for word in ("jdoe", "JIRAUSER10100", "Jane") if word in kept] == []
    assert ticket(raw).first_response_at is None  # she asked herself


def test_people_in_kept_bodies_can_be_turned_and_configured_bots_are_nobody() -> None:
    raw = issue(comment={"total": 1, "comments": [_comment("helper"), _comment("svc-mail")]})
    people = Pseudonyms([b"a test key"], is_bot=lambda login: login == "svc-mail")
    kept = shaper(people, ())(raw)
    names = {"asker": people("asker"), "helper": people("helper")}
    turned = json.dumps(turned_people(kept, lambda name: f"new-{name}"))
    assert all(f'"new-{name}"' in turned and f'"{name}"' not in turned for name in names.values())
    assert [comment["by"].get("bot") for comment in kept["comments"]] == [None, True]
    moment = datetime(2026, 1, 5, 11, tzinfo=UTC)
    assert parser(config())(kept)[0].first_response_at == moment  # type: ignore[attr-defined]
    alone = shaper(people, ())(issue(comment={"total": 1, "comments": [_comment("svc-mail")]}))
    assert parser(config())(alone)[0].first_response_at is None  # type: ignore[attr-defined]


def _comment(by: str) -> dict[str, Any]:
    return {"created": "2026-01-05T11:00:00Z", "author": {"accountId": by, "displayName": "Jane Doe"}}


def test_what_is_no_issue_leaves_nothing_of_itself() -> None:
    assert shaper(PSEUDONYM, ())("Jane Doe") == "not an issue but str"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"tickets": [{"type": "request", "request_type": "x"}]}, "name its field in `request_type_field`"),
        ({"incident_services": ["*"]}, "say which issues are incidents"),
        (
            {"incident_services": ["*"], "incidents": [{}], "projects": ["A", "B"]},
            "a single project",
        ),
        ({"url": "acme.atlassian.net"}, "begins with https://"),
        ({"tickets": [{"type": "request", "label": "/help/"}]}, "is not anchored"),
        ({"tickets": [{"type": "howto"}]}, "how_to"),
        ({"team_field": "assignee"}, "pattern"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        config(**keys)


@pytest.mark.parametrize("name", ["014", "015", "016", "017", "018", "019", "023"])
def test_recorded_histories_and_work_are_kept_whole_and_without_people(name: str) -> None:
    if not RECORDING.is_dir():
        pytest.skip(f"{RECORDING} is not there")
    body = json.loads(next(RECORDING.glob(f"{name}_*")).read_text())
    entries = body.get("values") or body["worklogs"]
    people = {entry["author"]["displayName"] for entry in entries}
    place = "all_histories" if "values" in body else "all_worklogs"
    kept = shaper(PSEUDONYM, ())({**issue(), place: entries})
    moves = [item for entry in entries for item in entry.get("items", ()) if item["field"] == "status"]
    assert len(kept["histories"]) == len(moves)
    assert len(kept["worklogs"]) == (len(entries) if place == "all_worklogs" else 0)
    assert not [person for person in people if person in json.dumps(kept, ensure_ascii=False)]
