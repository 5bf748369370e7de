"""A digest goes to each channel once, with a report that is trusted. What fails is tried again, and told."""

import csv
import io
import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from dashboards.digest.period import period_named
from dashboards.questions.published import Published
from dashboards.questions.quarter import money_in
from dashboards.report.text import verdict_sentence
from metrics.quarters import quarter_named
from service.configuration.config import ConfigError, Settings, load_config
from service.digests import sending as sending_module
from service.digests.config import DigestChannel
from service.digests.making import made
from service.digests.register import MOST_ATTEMPTS
from service.digests.timing import due_at, due_digests
from service.reports.tables import store_frozen_reports
from service.sending.webhook import post
from service.serving import scheduler as scheduling
from service.serving.scheduler import Scheduler
from service.storage.snapshots import open_snapshot
from tests.service.command import run_payoff, text_of
from tests.service.digest_world import NOW, QUARTER, WEEK, World, at, told_of
from tests.service.folders import everything, write_config
from tests.service.receiving import Mailbox, Receiver
from tests.service.report_world import published
from tests.service.test_report import half_known
from tests.service.test_scheduler import Work, until
from warehouse.engine import Warehouse
from warehouse.errors import WarehouseBusyError
from warehouse.frozen import SNAPSHOT

Post = Callable[..., Receiver]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digest")
    published(folder, organisation="Acme")
    return folder


@pytest.fixture
def world(template: Path, tmp_path: Path) -> World:
    return World.copied(template, tmp_path)


def payoff(world: World, *arguments: str) -> Any:
    with patch.dict(os.environ, world.variables):
        return run_payoff(*arguments, "--config", str(world.path))


@pytest.fixture
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests of a single word, for tests of when and how often one is sent; the way out is the real one."""

    def prepare(settings: Settings, channel: DigestChannel, made: Any, now: datetime) -> Callable[[], str]:
        assert channel.webhook_url is not None
        url = channel.webhook_url.get_secret_value()
        return lambda: str(post(f"digest channel {channel.name}", url, {"text": made}) or "")

    def word(settings: Settings, snapshot: Any, period: Any, now: datetime) -> Any:
        return nullcontext(period.name)

    monkeypatch.setattr(sending_module, "made", word)
    monkeypatch.setattr(sending_module.send, "__kwdefaults__", {"prepare": prepare})
    monkeypatch.setattr(sending_module.send_due, "__kwdefaults__", {"prepare": prepare})


def test_each_channel_gets_each_digest_once(world: World, mailbox: Mailbox, receiver: Post) -> None:
    room = receiver()
    world.mails_to(mailbox, "a@example.com", "b@example.com")
    world.posts_to(room.url, quarterly=False)
    assert world.send_due() == 3
    for hours in (0, 1, 30):  # another look, another start, another day
        world.now = NOW + timedelta(hours=hours)
        assert world.send_due() == 0
    assert len(mailbox.messages) == 2
    assert len(room.received) == 1
    assert world.rows() == [
        ("people", "quarterly", QUARTER, "sent", 1),
        ("people", "weekly", WEEK, "sent", 1),
        ("room", "weekly", WEEK, "sent", 1),
    ]
    assert ("digest", "success", f"weekly {WEEK} to room: sent") in world.query(
        "SELECT job, status, message FROM job_runs"
    )


def test_mail_holds_what_the_page_says_and_the_frozen_report(world: World, mailbox: Mailbox) -> None:
    assert payoff(world, "report", "--quarter", QUARTER, "--output", str(world.folder / "out")).exit_code == 0
    world.mails_to(mailbox, "a@example.com")
    assert world.send_due() == 2
    weekly, quarterly = mailbox.messages
    assert weekly["Subject"] == f"Weekly platform digest {WEEK}: Acme"
    assert quarterly["Subject"] == f"Quarterly platform digest {QUARTER}: Acme"
    assert quarterly["List-Id"] == "<payoff-quarterly-people.example.com>"
    assert weekly["Message-ID"] != quarterly["Message-ID"]
    text, html = (quarterly.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    with open_snapshot(world.settings) as snapshot:
        money = money_in(Published(snapshot), quarter_named(QUARTER))
    assert verdict_sentence(money) in text
    assert "EUR\u00a071,800" in text  # the worked reference quarter
    assert "version 1 as it was frozen, is attached" in text
    assert "Figures as the report of Q4 2025 was frozen" in text
    assert "<script" not in html
    files = {part.get_filename(): part.get_payload(decode=True) for part in quarterly.iter_attachments()}
    names = [f"roi_lines_{QUARTER}.csv", f"roi_summary_{QUARTER}.csv", f"roi_report_{QUARTER}.html"]
    assert sorted(files) == sorted(names)
    assert files == {name: (world.folder / "out" / name).read_bytes() for name in names}  # as frozen
    page = files[f"roi_report_{QUARTER}.html"]
    assert isinstance(page, bytes)
    assert page.decode().startswith("<!doctype html>")
    lines = files[f"roi_lines_{QUARTER}.csv"]
    assert isinstance(lines, bytes)
    assert len(list(csv.DictReader(io.StringIO(lines.decode())))) > 0
    assert [part.get_filename() for part in weekly.iter_attachments()] == [f"roi_report_{QUARTER}.html"]


def test_address_is_in_no_report_and_in_no_table(world: World, mailbox: Mailbox) -> None:
    world.mails_to(mailbox, "zq.person@example.com")
    world.send_due()
    assert payoff(world, "report", "--quarter", QUARTER, "--output", str(world.folder / "out")).exit_code == 0
    with Warehouse.open(world.folder / "data") as warehouse:
        assert store_frozen_reports(warehouse, world.settings) == 1
    assert "shop" in str(everything(world.folder))
    assert "zq.person" not in str(everything(world.folder))
    frozen = list((world.folder / "data" / "reports").rglob("*.*"))
    assert frozen
    assert not [path for path in frozen if path.is_file() and b"zq.person" in path.read_bytes()]


def test_report_that_is_not_frozen_goes_as_the_preview_that_it_is(world: World, mailbox: Mailbox) -> None:
    world.mails_to(mailbox, "a@example.com", weekly=False)
    world.send_due()
    (message,) = mailbox.messages
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "The report of Q4 2025 is not frozen; a preview is attached." in text
    page = next(p for p in message.iter_attachments() if str(p.get_filename()).endswith(".html"))
    assert "Preview: not frozen" in page.get_content()
    assert not (world.folder / "data" / "reports").exists()


def test_report_that_the_trust_gate_refuses_is_not_sent(tmp_path: Path, mailbox: Mailbox) -> None:
    """46 of 92 days of runs are known."""
    published(tmp_path, half_known(), organisation="Acme")
    world = World(tmp_path)
    world.mails_to(mailbox, "a@example.com", weekly=False)
    assert world.send_due() == 1
    (message,) = mailbox.messages
    assert list(message.iter_attachments()) == []
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "the net cannot be stated: a source behind it is refused" in text
    assert "The report of Q4 2025 is not trusted and not sent: the trust gate refuses B1 Self-service" in text
    assert "action_runs from test: below coverage: 50.0 % of the quarter is known" in text
    accepted = payoff(world, "report", "--quarter", QUARTER, "-o", str(tmp_path / "o"), "--accept", "we know")
    assert accepted.exit_code == 0
    again = payoff(world, "digest", "quarterly", "-q", QUARTER).stdout
    assert "accepted because: we know" in again
    assert "the platform returned" in again or "the platform cost" in again


def test_channel_of_a_team_is_told_of_it_alone(world: World, receiver: Post) -> None:
    room = receiver()
    world.posts_to(room.url, teams=["shop"], quarterly=False)
    world.digest = {"public_url": "https://payoff.example.com"}
    world.send_due()
    (message,) = room.received
    assert "The money is of the whole organisation." in message["text"]
    assert "team=" in message["text"]
    assert "attached" not in message["text"]
    assert message["blocks"][0]["type"] == "header"


@pytest.mark.usefixtures("light")
def test_data_that_does_not_reach_the_end_is_waited_for(world: World, receiver: Post) -> None:
    """The data is of the 15th of January, a Thursday: the week that it lies in is not over in it."""
    room = receiver()
    world.posts_to(room.url, quarterly=False)
    world.now = at(19)  # the Monday after
    assert world.send_due() == 0
    assert world.rows() == []
    assert room.received == []


@pytest.mark.usefixtures("light")
def test_after_a_long_time_only_the_newest_week_is_made_up_for(world: World, receiver: Post) -> None:
    room = receiver()
    world.posts_to(room.url, quarterly=False)
    world.now = at(15, 6)  # Thursday
    assert world.send_due() == 1
    assert room.received == [{"text": WEEK}]
    world.channels[0]["name"] = "new"
    world._urls["HOOK_new"] = room.url
    world.now = at(16)  # four days after it was due: no news any more
    assert world.send_due() == 0


@pytest.mark.usefixtures("light")
def test_failure_that_may_pass_is_tried_again_so_often_and_told(
    world: World, receiver: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(monkeypatch)
    room = receiver(503)
    world.posts_to(room.url, quarterly=False)
    world.alerts = {"webhook_url": "${HOOK_room}"}
    world.now = at(12)
    waits = []
    for minutes in (0, 9, 1, 19, 1, 39, 1, 79, 1, 159, 1, 319, 1, 10_000):
        world.now += timedelta(minutes=minutes)
        before = len(room.received)
        world.send_due()
        waits += [world.now] if len(room.received) > before else []
    minutes_between = [(b - a).total_seconds() / 60 for a, b in itertools.pairwise(waits)]
    assert minutes_between == [10, 20, 40, 80, 160]
    assert world.rows() == [("room", "weekly", WEEK, "failed", MOST_ATTEMPTS)]
    assert len(told) == 1
    assert told[0].startswith(f"weekly digest to room is unsent: that of {WEEK} did not go: digest channel")
    assert "answered 503" in told[0]
    assert "seeded-secret-path" not in told[0]
    failed = world.query("SELECT count(*) FROM job_runs WHERE job = 'digest' AND status = 'failure'")
    assert failed == [(MOST_ATTEMPTS,)]


@pytest.mark.usefixtures("light")
def test_webhook_that_comes_back_gets_it_once(world: World, receiver: Post) -> None:
    room = receiver(503, 200)
    world.posts_to(room.url, quarterly=False)
    assert world.send_due() == 0
    world.now += timedelta(minutes=10)
    assert world.send_due() == 1
    assert world.rows() == [("room", "weekly", WEEK, "sent", 2)]


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize(("status", "left"), [(404, "failed"), (0, "unclear"), (504, "unclear")])
def test_what_trying_again_does_not_help_is_not_tried_again(
    world: World, receiver: Post, monkeypatch: pytest.MonkeyPatch, status: int, left: str
) -> None:
    told = told_of(monkeypatch)
    room = receiver(status)
    world.posts_to(room.url, quarterly=False)
    world.alerts = {"webhook_url": "${HOOK_room}"}
    for _ in range(3):
        world.send_due()
        world.now += timedelta(hours=1)
    assert len(room.received) == 1
    assert world.rows("channel, status") == [("room", left)]
    assert len(told) == 1


def test_failed_digest_that_was_sent_by_hand_is_well_again(
    world: World, receiver: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_of(monkeypatch)
    world.posts_to(receiver(404, 200).url, quarterly=False)
    world.alerts = {"webhook_url": "${HOOK_room}"}
    world.send_due()
    result = payoff(world, "digest", "weekly", "--week", WEEK, "--send", "--to", "room")
    assert result.exit_code == 0, result.stderr
    assert world.rows("channel, status") == [("room", "sent")]
    assert "weekly digest to room is well again" in told[-1]
    assert world.send_due() == 0


@pytest.mark.usefixtures("light")
def test_others_write_while_a_digest_is_on_its_way(world: World) -> None:
    seen: list[tuple[object, ...]] = []

    def prepare(settings: Settings, channel: DigestChannel, made: Any, now: datetime) -> Callable[[], str]:
        def deliver() -> str:
            with Warehouse.open(world.folder / "data", wait_seconds=0) as warehouse:
                seen.extend(warehouse.connection.execute("SELECT channel, status FROM digests").fetchall())
            with pytest.raises(WarehouseBusyError):
                world.send_due()
            return ""

        return deliver

    world.posts_to("https://example.com/hook", quarterly=False)
    assert world.send_due(prepare=prepare) == 1
    assert seen == [("room", "sending")]
    assert world.rows("channel, status, attempts") == [("room", "sent", 1)]


def test_a_frozen_report_that_cannot_be_read_any_more_is_named_with_the_remedy(
    world: World, mailbox: Mailbox
) -> None:
    assert payoff(world, "report", "--quarter", QUARTER, "--output", str(world.folder / "out")).exit_code == 0
    kept = world.folder / "data" / "reports" / QUARTER / "v1" / SNAPSHOT
    old = kept.read_bytes()
    kept.unlink()  # a second name of the published file, which stays as it is
    kept.write_bytes(old)
    with duckdb.connect(str(kept)) as con:
        con.execute("DROP TABLE engineer_days")
    for arguments in (("quarterly", "-q", QUARTER), ("weekly", "-w", WEEK)):
        result = payoff(world, "digest", *arguments)
        assert result.exit_code == 1
        assert f"The report of {QUARTER}, version 1, was frozen with tables that" in text_of(result)
        assert f"payoff report --quarter {QUARTER} --restate" in text_of(result)
    again = ("--restate", "--reason", "a newer version of Payoff", "--output", str(world.folder / "again"))
    assert payoff(world, "report", "--quarter", QUARTER, *again).exit_code == 0
    assert payoff(world, "digest", "quarterly", "-q", QUARTER).exit_code == 0


CRASH = """
import os, sys
from datetime import datetime
from pathlib import Path
from service.configuration.config import load_config
from service.digests import delivery
from service.digests.sending import send_due

def prepare(settings, channel, made, now):
    send = delivery.prepared(settings, channel, made, now)
    def sent_and_killed():
        send()
        os._exit(9)
    return sent_and_killed

send_due(load_config(Path(sys.argv[1])), clock=lambda: datetime.fromisoformat(sys.argv[2]), prepare=prepare)
"""


@pytest.mark.usefixtures("light")
@pytest.mark.kills
def test_process_that_dies_after_sending_sends_nothing_twice(
    world: World, receiver: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most once: what was handed over and not written down may have arrived, so people are told."""
    told = told_of(monkeypatch)
    room = receiver()
    world.posts_to(room.url, quarterly=False)
    world.alerts = {"webhook_url": "${HOOK_room}"}
    killed = subprocess.run(
        [sys.executable, "-c", CRASH, str(world.path), world.now.isoformat()],
        env=os.environ | world.variables,
        timeout=120,
    )
    assert killed.returncode == 9
    assert len(room.received) == 1
    assert world.rows("status") == [("sending",)]
    for _ in range(3):
        assert world.send_due() == 0
        world.now += timedelta(hours=1)
    assert len(room.received) == 1
    assert world.rows("status") == [("unclear",)]
    assert "may not have arrived: the process ended while it was sent" in told[0]
    runs = world.query("SELECT status FROM job_runs WHERE job = 'digest'")
    assert runs == [("interrupted",)]


@pytest.mark.parametrize(
    ("zone", "now", "is_due"),
    [
        ("Europe/Berlin", datetime(2026, 1, 12, 5, 59, tzinfo=UTC), False),  # 06:59 in winter
        ("Europe/Berlin", datetime(2026, 1, 12, 6, 0, tzinfo=UTC), True),
        ("Europe/Berlin", datetime(2026, 7, 13, 5, 0, tzinfo=UTC), True),  # 07:00 in summer
        ("Europe/Berlin", datetime(2026, 7, 13, 4, 59, tzinfo=UTC), False),
        ("Asia/Tokyo", datetime(2026, 1, 11, 22, 0, tzinfo=UTC), True),  # Monday morning there
        ("UTC", datetime(2026, 1, 16, 6, 59, tzinfo=UTC), True),
        ("UTC", datetime(2026, 1, 16, 7, 0, tzinfo=UTC), False),  # four days later
    ],
)
def test_week_is_due_on_monday_morning_of_the_reporting_zone(
    tmp_path: Path, zone: str, now: datetime, is_due: bool
) -> None:
    world = World(tmp_path, zone=zone)
    world.posts_to("https://example.com/hook", quarterly=False)
    assert bool(list(due_digests(world.settings, now))) == is_due


def test_quarter_is_due_a_week_after_it_or_as_scheduled(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.posts_to("https://example.com/hook", weekly=False)
    (due,) = due_digests(world.settings, NOW)
    assert (due.period.name, due_at(world.settings, due.period)) == (QUARTER, at(8))
    assert list(due_digests(world.settings, at(7))) == []
    assert list(due_digests(world.settings, at(7, month=2))) == []  # 30 days later
    world.digest = {"quarterly_schedule": "30 5 20 jan,apr,jul,oct *"}
    assert due_at(world.settings, due.period) == datetime(2026, 1, 20, 5, 30, tzinfo=UTC)


def test_command_shows_and_sends_nothing(world: World, mailbox: Mailbox, receiver: Post) -> None:
    room = receiver()
    world.mails_to(mailbox, "a@example.com")
    world.posts_to(room.url)
    text = payoff(world, "digest", "weekly", "--week", WEEK)
    assert text.stdout.startswith("Weekly digest, 5 Jan 2026 to 11 Jan 2026\n")
    page = world.folder / "digest.html"
    assert payoff(world, "digest", "quarterly", "-q", QUARTER, "-f", "html", "-o", str(page)).exit_code == 0
    assert page.read_text().startswith("<!doctype html>")
    slack = payoff(world, "digest", "weekly", "--to", "room", "--format", "slack")
    assert '"type": "header"' in slack.stdout
    assert (mailbox.messages, room.received) == ([], [])
    assert world.rows() == []


def test_what_was_sent_by_hand_is_not_sent_again(world: World, receiver: Post) -> None:
    room = receiver()
    world.posts_to(room.url, quarterly=False)
    sent = payoff(world, "digest", "weekly", "--week", WEEK, "--send")
    assert sent.exit_code == 0, sent.stderr
    assert f"room: {WEEK} sent" in text_of(sent)
    assert world.send_due() == 0
    twice = payoff(world, "digest", "weekly", "--week", WEEK, "--send", "--to", "room")
    assert (twice.exit_code, len(room.received)) == (0, 1)
    assert f"room had {WEEK} at" in text_of(twice)
    again = payoff(world, "digest", "weekly", "--week", WEEK, "--send", "--again")
    assert (again.exit_code, len(room.received)) == (0, 2)


def test_channel_that_is_set_up_wrong_does_not_keep_it_from_others(world: World, receiver: Post) -> None:
    room = receiver()
    world.posts_to(room.url, name="wrong", teams=["shpo"], quarterly=False)
    world.posts_to(room.url, quarterly=False)
    assert world.send_due() == 1
    assert len(room.received) == 1
    failed, sent = world.rows("channel, status, message")[::-1]
    assert sent == ("room", "sent", None)
    assert failed[:2] == ("wrong", "failed")
    assert "There is no team 'shpo' in this snapshot. Did you mean 'shop'?" in failed[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("weekly", "--to", "rom"), "Did you mean room?"),
        (("weekly", "--week", "2026-W60"), "is no week"),
        (("weekly", "--quarter", QUARTER), "takes --week"),
        (("quarterly", "--send", "--format", "html"), "leave out --format"),
        (("quarterly", "--send"), "No channel gets the quarterly digest"),
        (("weekly", "--again"), "--again goes with --send"),
    ],
)
def test_wrong_wish_is_refused(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    world = World(tmp_path)
    world.posts_to("https://example.com/hook", quarterly=False)
    result = payoff(world, "digest", *arguments)
    assert result.exit_code == 2
    assert words in text_of(result)


@pytest.mark.usefixtures("light")
def test_serve_sends_what_is_due_when_it_starts(
    world: World, receiver: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = receiver()
    world.posts_to(room.url, quarterly=False)
    monkeypatch.setattr(scheduling, "collect_and_publish", Work().collect)
    monkeypatch.setattr(scheduling, "drain_and_publish", lambda settings, clock: None)
    monkeypatch.setattr(scheduling, "GATHER", timedelta(0))
    serving = Scheduler(world.settings, lambda: NOW)
    serving.start()
    until(lambda: len(room.received) == 1)
    serving.stop()
    assert world.rows("channel, status") == [("room", "sent")]


def test_digest_of_a_frozen_quarter_stays_when_the_data_changes(world: World, tmp_path: Path) -> None:
    """The money of the digest is that of the report beside it, also after late data."""
    assert payoff(world, "report", "--quarter", QUARTER, "--output", str(tmp_path / "out")).exit_code == 0
    before = payoff(world, "digest", "quarterly", "--quarter", QUARTER).stdout
    rows = half_known()
    published(world.folder, rows, edition=2, ledger=(), organisation="Acme")
    after = payoff(world, "digest", "quarterly", "--quarter", QUARTER).stdout
    verdict = next(line for line in before.splitlines() if line.startswith("• In Q4 2025"))
    assert verdict in after
    period, settings = period_named("quarterly", QUARTER, 1), world.settings
    with open_snapshot(settings) as snapshot, made(settings, snapshot, period, NOW) as found:
        assert found.basis.settled.snapshot.version < snapshot.version


HOOK = "webhook_url: 'https://example.com/${NAME:-hook}'"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("digest: {channels: [{name: a}]}", "either `webhook_url` or `email_to`"),
        (f"digest: {{channels: [{{name: a, {HOOK}, email_to: [a@b.c]}}]}}", "either `webhook_url` or"),
        (f"digest: {{channels: [{{name: a, {HOOK}}}, {{name: a, {HOOK}}}]}}", "two channels with one name"),
        ("digest: {channels: [{name: a, webhook_url: 'https://example.com/hook'}]}", "is a secret"),
        ("digest: {channels: [{name: a, email_to: [a@b.c]}]}", "mail.host"),
        ("digest: {public_url: payoff.example.com}", "begins with https"),
        ("digest: {weekly_schedule: 30 5 * * 1}", "should name weekdays"),
    ],
)
def test_configuration_names_what_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        load_config(write_config(tmp_path, text), {})
