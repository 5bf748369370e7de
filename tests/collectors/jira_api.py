"""A Jira that is not there, issues for it, and the source that reads it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collectors.base import Context, Page, pseudonymiser
from collectors.http import Client
from collectors.jira import source as jira
from collectors.jira.items import parser
from collectors.jira.shape import shaper
from warehouse.records import Record, Ticket

PSEUDONYM = pseudonymiser(b"a test key")
START_AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASE: dict[str, Any] = {"url": "https://jira.example", "token": "t0ken", "start": START_AT}
Serve = Callable[[dict[str, Any]], "Jira"]


def config(**keys: Any) -> jira.Config:
    return jira.Config.model_validate({**BASE, **keys})


def source(tmp_path: Path, **keys: Any) -> jira.JiraSource:
    return jira.build("desk", config(**keys), Context(NOW, tmp_path, PSEUDONYM, bool))


class Jira:
    """Answers by path: a body, a status, or a function of the parameters. Each request is kept."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers, self.seen = answers, list[httpx.URL]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.url)
        answer = self.answers.get(request.url.path)
        if callable(answer):
            answer = answer(request.url.params)
        if answer is None or isinstance(answer, int):
            return httpx.Response(answer or 404)
        return httpx.Response(200, json=answer)


def serving(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """A function that lets every client ask the answers it is given."""
    make = Client.__init__

    def serve(answers: dict[str, Any]) -> Jira:
        api = Jira(answers)

        def made(self: Client, *args: Any, **keys: Any) -> None:
            make(self, *args, **{**keys, "transport": httpx.MockTransport(api), "sleep": lambda _: None})

        monkeypatch.setattr(Client, "__init__", made)
        return api

    return serve


def collected(made: jira.JiraSource) -> list[Page]:
    return [page for resource in made.resources() for page in resource.pages(None)]


def issue(**fields: Any) -> dict[str, Any]:
    """An issue as the API gives it, with nothing special about it."""
    basic = {
        "project": {"key": "HELP"},
        "issuetype": {"name": "Task"},
        "status": {"name": "Open", "statusCategory": {"key": "new"}},
        "priority": None,
        "labels": [],
        "created": "2026-01-05T10:00:00.000+0100",
        "updated": "2026-01-06T10:00:00.000+0100",
        "reporter": {"accountId": "asker"},
    }
    return {"id": "1", "key": "HELP-1", "fields": {**basic, **fields}, "changelog": {"histories": []}}


def history(at: str, by: str, source: str, target: str) -> dict[str, Any]:
    move = {"field": "status", "fromString": source, "toString": target}
    return {"created": at, "author": {"accountId": by}, "items": [move]}


def records(raw: dict[str, Any], **keys: Any) -> list[Record]:
    settings = config(**keys)
    return list(parser(settings)(shaper(PSEUDONYM, settings.custom_fields)(raw)))


def ticket(raw: dict[str, Any], **keys: Any) -> Ticket:
    found = records(raw, **keys)[0]
    assert isinstance(found, Ticket)
    return found


def work(started: str, seconds: int) -> dict[str, Any]:
    return {"started": started, "timeSpentSeconds": seconds, "author": {"displayName": "Jane Doe"}}


def tickets_of(pages: list[Page]) -> list[dict[str, Any]]:
    """The rows of tickets of all pages."""
    found = [page.tables["tickets"].to_pylist() for page in pages if "tickets" in page.tables]
    return [row for rows in found for row in rows]
