"""Trouble of a source is told once, and once when it is over, by a real webhook and a real mail server."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.alerts.telling import TellingError, tell
from service.alerts.watch import look
from service.configuration.config import Settings, load_config
from service.configuration.errors import ConfigError
from service.running.pipeline import collect_and_publish
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config, write_files
from tests.service.ports import free_port
from tests.service.receiving import Mailbox, Receiver
from warehouse.engine import Warehouse
from warehouse.journal import finish_run, start_run
from warehouse.merge import Counts

URL = "http://127.0.0.1:9/seeded-secret-path"
CONFIG = """
alerts: {webhook_url: "${URL}", after_failures: 2, stale_after_hours: 24}
sources:
  - {name: shop, kind: files, path: exports}
  - {name: hook, kind: webhook, format: json, secret: "${SECRET}"}
  - {name: demo, kind: demo}
"""
START = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Told:
    """Stands for everybody who is told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[str]]] = []
        self.is_deaf = False

    def __call__(self, settings: Settings, subject: str, lines: Sequence[str]) -> None:
        if self.is_deaf:
            raise TellingError("nobody there")
        self.messages.append((subject, list(lines)))


class World:
    """A warehouse whose runs and clock are given."""

    def __init__(self, folder: Path) -> None:
        variables = {"URL": URL, "SECRET": "a webhook's secret"}
        self.settings: Settings = load_config(write_config(folder, CONFIG), variables)
        self.now = START
        self.told = Told()
        self.warehouse = Warehouse.open(self.settings.storage.directory, clock=lambda: self.now)

    def run(self, status: Any, n: int = 10, source: str = "shop") -> None:
        run_id = start_run(self.warehouse, "collect", source)
        message = "401 for acme/shop" if status == "failure" else None
        finish_run(self.warehouse, run_id, status, message=message, counts=Counts(inserted=n))

    def look(self) -> list[str]:
        """What was told by this look."""
        before = len(self.told.messages)
        look(self.warehouse, self.settings, tell=self.told)
        return [line for _, lines in self.told.messages[before:] for line in lines]

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.warehouse.close()


def test_failing_source_is_told_once_and_once_when_it_is_well(world: World) -> None:
    world.run("success")
    world.run("failure")
    assert world.look() == []  # one failure is none yet
    world.run("failure")
    assert world.look() == ["source shop is failing: the last 2 runs failed. 401 for acme/shop"]
    world.run("failure")
    assert world.look() == []
    world.run("success")
    assert world.look() == ["source shop is well again; it was failing since 2026-01-05 12:00 UTC"]
    assert world.look() == []
    world.run("failure")
    world.run("failure")
    assert len(world.look()) == 1  # it fails again: that is new
    assert world.told.messages[0][0] == "Payoff, My organisation: 1 in trouble"


def test_run_that_was_stopped_is_no_failure(world: World) -> None:
    world.run("failure")
    world.run("interrupted")
    assert world.look() == []


def test_stale_source_is_told_with_the_last_time_it_was_read(world: World) -> None:
    world.run("success")
    world.pass_days(1)
    assert world.look() == []
    world.pass_days(0.1)
    assert world.look() == [
        "source shop is stale: nothing was read since 2026-01-05 12:00 UTC, which is more than 24 hours"
    ]
    world.run("success")
    assert world.look() == ["source shop is well again; it was stale since 2026-01-06 14:24 UTC"]


def test_source_that_sends_is_stale_when_nothing_came(world: World) -> None:
    world.warehouse.connection.execute(
        "INSERT INTO raw_bodies VALUES ('hook', 'deployments', '*', 'd-1', '', ?)",
        [START.replace(tzinfo=None)],
    )
    world.pass_days(0.5)
    assert world.look() == []
    world.pass_days(1)
    assert "source hook is stale" in world.look()[0]


def weeks(world: World, *rows: int) -> None:
    """One run a day; the rows of a week come on its first day."""
    for n in rows:
        for day in range(7):
            world.run("success", n if day == 0 else 0)
            world.pass_days(1)
    world.run("success", 0)


def test_source_that_brings_less_than_half_of_the_usual_is_told(world: World) -> None:
    """The median of 100, 90, 110 and 100 is 100; the last week has 49, which is less than half."""
    weeks(world, 100, 90, 110, 100, 49)
    assert world.look() == ["source shop is shrunken: 49 new or changed rows in 7 days; usual are 100"]
    weeks(world, 95)
    assert "source shop is well again" in world.look()[0]


@pytest.mark.parametrize(
    "rows",
    [
        (100, 90, 110, 100, 50),  # exactly half
        (5000, 90, 110, 100, 60),  # the first week is a backfill
        (10, 9, 11, 10, 0),  # too little to say
        (100, 100, 100, 10),  # too short to know what is usual
    ],
)
def test_what_is_no_sudden_half_is_not_told(world: World, rows: tuple[int, ...]) -> None:
    weeks(world, *rows)
    assert world.look() == []


def test_telling_that_fails_is_tried_again(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.run("failure")
    world.run("failure")
    world.told.is_deaf = True
    with caplog.at_level(logging.WARNING):
        assert world.look() == []
    assert "nobody there" in caplog.text
    world.told.is_deaf = False
    assert len(world.look()) == 1


def test_trouble_that_ends_before_it_was_told_is_never_told(world: World) -> None:
    world.told.is_deaf = True
    world.run("failure")
    world.run("failure")
    world.look()
    world.told.is_deaf = False
    world.run("success")
    assert world.look() == []


def listening(webhook: Receiver, mailbox: Mailbox, **mail: Any) -> Settings:
    """A configuration that tells both."""
    told = {"webhook_url": webhook.url, "email_to": ["a@example.com", "b@example.com"]}
    return Settings.model_validate({"alerts": told, "mail": mailbox.mail.model_copy(update=mail)})


def test_slack_and_mail_get_the_words(receiver: Callable[..., Receiver], mailbox: Mailbox) -> None:
    slack = receiver()
    tell(listening(slack, mailbox), "1 in trouble", ["shop – stale"])
    assert slack.received == [{"text": "*1 in trouble*\nshop – stale"}]
    (envelope,) = mailbox.envelopes
    assert envelope.rcpt_tos == ["a@example.com", "b@example.com"]
    (message,) = mailbox.messages
    assert message["Subject"] == "1 in trouble"
    assert "shop – stale" in message.get_content()


def test_names_of_others_act_in_no_message(receiver: Callable[..., Receiver], mailbox: Mailbox) -> None:
    """`<!channel>` would call everybody, and `<https://…|…>` be a link under another name."""
    slack, line = receiver(), "source R&D <!channel> is failing: <https://elsewhere.example|log in>"
    tell(listening(slack, mailbox), "Payoff, R&D <b>: 1 in trouble", [line])
    assert slack.received == [
        {
            "text": "*Payoff, R&amp;D &lt;b&gt;: 1 in trouble*\nsource R&amp;D &lt;!channel&gt; is failing: "
            "&lt;https://elsewhere.example|log in&gt;"
        }
    ]
    (message,) = mailbox.messages
    assert line in message.get_content().replace("\n", " ")


def test_one_way_that_fails_does_not_stop_the_other(
    receiver: Callable[..., Receiver], mailbox: Mailbox
) -> None:
    slack = receiver(500)
    tell(listening(slack, mailbox), "trouble", ["x"])
    assert len(mailbox.envelopes) == 1
    with pytest.raises(TellingError, match=r"answered 500.*took no mail") as caught:
        tell(listening(slack, mailbox, port=free_port()), "trouble", ["x"])
    assert "seeded-secret-path" not in str(caught.value)


def test_mail_server_without_encryption_gets_none_that_asks_for_it(mailbox: Mailbox) -> None:
    settings = Settings.model_validate(
        {
            "alerts": {"email_to": ["a@example.com"]},
            "mail": mailbox.mail.model_copy(update={"security": "starttls"}),
        }
    )
    with pytest.raises(TellingError, match="took no mail"):
        tell(settings, "trouble", ["x"])
    assert mailbox.envelopes == []


def test_collecting_tells_by_itself(tmp_path: Path, receiver: Callable[..., Receiver]) -> None:
    slack = receiver()
    write_files(tmp_path / "exports", deployments=DEPLOYMENTS + deployment_rows(7))
    text = CONFIG.replace("after_failures: 2", "after_failures: 1").replace("path: exports", "path: gone")
    variables = {"URL": slack.url, "SECRET": "a webhook's secret"}
    only = ["shop", "hook"]
    settings = load_config(write_config(tmp_path, text), variables)
    for _ in range(2):
        collect_and_publish(settings, only=only, clock=lambda: START)
    mended = load_config(write_config(tmp_path, CONFIG), variables)
    for _ in range(2):
        collect_and_publish(mended, only=only, clock=lambda: START)
    first, second = (message["text"] for message in slack.received)
    assert "source shop is failing: the last run failed. 1 of 1 resources failed" in first
    assert "source shop is well again" in second


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('webhook_url: "${URL}"', "begins with https"),
        ("email_to: [a@example.com]", "mail.host"),
        ('email_to: ["nobody"]', "mail address"),
    ],
)
def test_configuration_names_what_is_wrong(tmp_path: Path, keys: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write_config(tmp_path, f"alerts: {{{keys}}}\n"), {"URL": "ftp://example.com"})


def test_password_is_never_sent_unencrypted(tmp_path: Path) -> None:
    text = 'mail: {host: mail, security: none, password: "${PASSWORD}"}\n'
    with pytest.raises(ConfigError, match="unencrypted"):
        load_config(write_config(tmp_path, text), {"PASSWORD": "a password"})
