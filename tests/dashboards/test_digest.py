"""A digest says what pages say, in a minute, and nothing that a name from outside could act by."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboards.digest.address import Address
from dashboards.digest.compose import Basis, digest_of
from dashboards.digest.content import Digest, Line, Section, shortened
from dashboards.digest.html import html_page
from dashboards.digest.markup import LONGEST_LINE
from dashboards.digest.period import last_period, period_named, week_of
from dashboards.digest.plain import plain_text
from dashboards.digest.slack import (
    LONGEST_HEADER,
    LONGEST_SECTION,
    LONGEST_TEXT,
    MOST_BLOCKS,
    slack_message,
)
from dashboards.questions.published import Published
from metrics.errors import ParameterError
from tests.world import publish_world
from warehouse.goals import Aim, Edit

NOW = datetime(2025, 3, 10, 7, tzinfo=UTC)
MONDAY = date(2025, 3, 3)
WEEK = week_of(MONDAY, 1)


def small_world() -> dict[str, Any]:
    """A service with two weeks: ten deployments each, of which two and one failed in production."""
    given: dict[str, Any] = {
        "teams": [{"team_id": "shop", "name": "Shop"}],
        "services": [{"service_id": "pay", "name": "Pay", "team_id": "shop"}],
        "covered": {"scope": "pay", "from": "2025-01-01", "to": "2025-03-10"},
        "deployments": [],
        "changes": [],
        "deployment_changes": [],
    }
    for week, (start, n_failed, hours) in enumerate(((MONDAY - timedelta(7), 1, 20), (MONDAY, 2, 10))):
        for i in range(10):
            at = datetime(start.year, start.month, start.day, 8, tzinfo=UTC) + timedelta(hours=12 * i)
            key = f"{week}-{i}"
            given["deployments"].append(
                {
                    "deployment_id": key,
                    "service_id": "pay",
                    "status": "failure" if i < n_failed else "success",
                    "reached_production": True,
                    "sha": f"{week}{i}",
                    "finished_at": at,
                    "via": "golden_path" if i % 2 else "pipeline",
                }
            )
            if i < n_failed:
                continue
            given["changes"].append(
                {
                    "change_id": f"c-{key}",
                    "service_id": "pay",
                    "first_commit_at": at - timedelta(hours=hours + i),
                    "merged_at": at - timedelta(hours=1),
                }
            )
            given["deployment_changes"].append({"deployment_id": key, "change_id": f"c-{key}"})
    return given


Publish = Callable[..., Published]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The small world, published when its second week was over."""
    folder = tmp_path_factory.mktemp("acme")
    with publish_world(folder, small_world(), {"organisation": "Acme"}, NOW) as snapshot:
        yield Published(snapshot)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Publish]:
    with ExitStack() as stack:

        def publish(given: dict[str, Any], now: datetime = NOW, **settings: Any) -> Published:
            chosen = {"organisation": "Acme", **settings}
            return Published(stack.enter_context(publish_world(tmp_path, given, chosen, now)))

        yield publish


def basis(found: Published, folder: Path, trouble: str = "") -> Basis:
    marts = Path(found.snapshot.path).parent  # type: ignore[attr-defined]
    return Basis(found, found, None, trouble, "", marts, folder / "reports", found.as_of)


# Deployments: 8 of 10 succeeded in 7 days, 8 / 7 = 1.14 a day; exact Poisson of 8 is 3.454 to 15.763, a
# seventh of which is 0.49 to 2.25. The week before had 9 / 7 = 1.29.
# Lead times: 8 changes of 12, 13, … 19 h, median 15.5. Of 8 values the 1st and 8th hold 95 % (outside lies
# 2 · 0.5^8 = 0.8 %; the 2nd and 7th would leave 7 %). Before: 21, … 29 h, median 25, of 9 values the 2nd and
# 8th: 22 to 28. 12 to 19 lies below it: it fell.
# Failures: 2 of 10, Wilson (0.2 + 0.19207 ± 1.96 √(0.016 + 0.0096)) / 1.38415 = 5.7 % to 51.0 %.
# Each failed one was repaired by the next success: 12 h; in the last week 24 h and 12 h, where 3 are needed.
# Over 4 weeks they are 3 with a median of 12 h; in the 4 weeks before none failed. 3 values hold no 95 %.
# Rework is 0 of 10, Wilson up to 0.38415 / 1.38415 = 27.8 %. By the golden path came 5 of 10 in both weeks:
# (0.5 + 0.19207 ± 1.96 √(0.025 + 0.0096)) / 1.38415 = 23.7 % to 76.3 %.
GOLDEN = """\
Weekly digest, 3 Mar 2025 to 9 Mar 2025
Acme · Data to 10 Mar 2025, 00:00 UTC

RETURN ON INVESTMENT
• The return is not known: nobody stated a salary.

WHAT CHANGED
• 1 of 5 figures moved clearly: change lead time fell; 3 cannot be compared.

DELIVERY
• Deployment frequency shows no clear change: 1.1 per day, after 1.3 per day in the week before \
(95 % 0.49 to 2.3, n = 8 successful deployments).
✓ Change lead time fell to 15.5 h, from 25.0 h in the week before (95 % 12.0 to 19.0, n = 8 deployed changes).
• Change fail rate shows no clear change: 20.0 %, after 10.0 % in the week before (95 % 5.7 to 51.0, \
n = 10 production deployments).
• Over 4 weeks, for one week has too few (2 of 3 recovered deployments needed): failed deployment recovery \
time is 12.0 h; the 4 weeks before cannot be compared (none) (no 95 % interval with so few, \
n = 3 recovered deployments).
• Deployment rework rate shows no clear change: 0 %, after 0 % in the week before (95 % 0 to 27.8, \
n = 10 production deployments).

ADOPTION
• Team adoption rate: not collected: no source of self-service runs covers this window.
• Self-service share: not collected: no ticket source and no source of self-service runs covers this window.
• Golden-path share shows no clear change: 50.0 %, after 50.0 % in the week before (95 % 23.7 to 76.3, \
n = 10 production deployments).

WHAT NEEDS A DECISION
• Not known, since the return is not: `payoff roi` says what is missing.

DATA HEALTH
• The only source is current; all {checks} data checks passed.

✓ better, ✕ worse: the two 95 % intervals are apart. What caused it is another question.
"""


def test_small_world_by_hand(acme: Published, tmp_path: Path) -> None:
    found = digest_of(basis(acme, tmp_path, trouble="nobody stated a salary."), WEEK)
    checks = acme.rows("SELECT count(*) AS n FROM check_results")["n"].iloc[0]
    assert plain_text(found).replace("\u00a0", " ") == GOLDEN.format(checks=checks)


def test_team_of_the_channel_narrows_every_figure(published: Publish, tmp_path: Path) -> None:
    given = small_world()
    given["teams"].append({"team_id": "other", "name": "Other"})
    found = digest_of(basis(published(given), tmp_path), WEEK, teams=("other",), base_url="https://p.example")
    assert found.badges[0] == "Other"
    assert "Other" in found.subject
    delivery = next(section for section in found.sections if section.title == "Delivery")
    assert all("ot collected" in line.text for line in delivery.lines)  # the team owns no service
    assert delivery.url.endswith("&team=Other")


HOSTILE = "<!channel> @all [free](https://evil.example) <script>alert(1)</script>\r\nBcc: x@y\u202e&"


def hostile() -> Digest:
    lines = (Line(HOSTILE), Line(f"**{HOSTILE}** left out: `payoff roi`", "worse"))
    url = "https://p.example/?period=Q3+2026&team=a%3Cb"
    return Digest(HOSTILE, HOSTILE, (HOSTILE,), (Section(HOSTILE, lines, url),), (HOSTILE,))


def test_name_from_outside_acts_in_no_chat() -> None:
    message = slack_message(hostile())
    texts = [message["text"]]
    for block in message["blocks"]:
        parts = block.get("elements", [block.get("text")])
        texts += [part["text"] for part in parts if part["type"] == "mrkdwn"]
    for text in texts:
        left = text.replace("<https://p.example/?period=Q3+2026&amp;team=a%3Cb|open the page>", "")
        assert "<" not in left
        assert "@all" not in left
        assert "](" not in left
        assert "\u202e" not in left
        assert "&lt;!channel&gt;" in left.lower()
    header = message["blocks"][0]
    assert header["type"] == "header"
    assert header["text"]["type"] == "plain_text"  # in which nothing is markup


def test_name_from_outside_is_no_html() -> None:
    page = html_page(hostile())
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'href="https://p.example/?period=Q3+2026&amp;team=a%3Cb"' in page
    assert page.count("href=") == 1


def test_line_break_in_a_name_begins_no_line_of_its_own() -> None:
    text = plain_text(hostile())
    assert not any(line.startswith("Bcc:") for line in text.splitlines())


def test_longest_digest_keeps_the_limits_of_slack() -> None:
    line = Line("word & " * 400)
    found = Digest("t" * 400, "s", ("b" * 5000,), tuple(Section("s", (line,) * 40) for _ in range(20)))
    message = slack_message(found)
    assert len(message["blocks"]) <= MOST_BLOCKS
    assert len(message["text"]) <= LONGEST_TEXT
    for block in message["blocks"]:
        for part in block.get("elements", [block.get("text")]):
            limit = LONGEST_HEADER if block["type"] == "header" else LONGEST_SECTION
            assert 0 < len(part["text"]) <= limit
    assert max(map(len, plain_text(found).splitlines())) <= LONGEST_LINE + 10


def figures(n: int, name: str = "") -> tuple[Line, ...]:
    return tuple(Line(f"{'word ' * 30}{i}", short=f"{'word ' * 10}{i}", name=f"{name}{i}") for i in range(n))


def test_too_long_a_digest_is_told_in_fewer_words_from_below() -> None:
    """Two sections of three figures are 6 · 31 + 3 words; in their short form 6 · 11 + 3."""
    long = Digest("t", "s", (), (Section("a", figures(3, "x")), Section("b", figures(3, "y"))))
    assert long.n_words == 189
    assert shortened(long, 189) == long
    one_less = shortened(long, 170)
    assert [line.text == line.short for line in one_less.sections[1].lines] == [False, False, True]
    assert shortened(long, 69).n_words == 69
    named = shortened(long, 60)
    assert named.sections[1].lines[-1].text == "No clear change either: y1, y2."
    assert shortened(long, 1).sections[0].lines[-1].text == "No clear change either: x0, x1, x2."


def test_figure_that_moved_or_is_not_known_is_never_shortened(acme: Published, tmp_path: Path) -> None:
    found = digest_of(basis(acme, tmp_path), WEEK)
    lines = [line for section in shortened(found, 1).sections for line in section.lines]
    texts = " ".join(line.text for line in lines)
    assert "fell to 15.5" in texts.replace("\u00a0", " ")
    assert "cannot be compared (none)" in texts
    assert "deployment frequency" in texts.lower()  # the five keys keep their figures
    assert "n = 10 production deployments" in texts.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "first", "last", "quarter"),
    [
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5), "2024-Q4"),  # the quarter ended inside of the week
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), "2026-Q4"),
        ("2025W14", date(2025, 3, 31), date(2025, 4, 6), "2025-Q1"),
    ],
)
def test_week_by_its_name(name: str, first: date, last: date, quarter: str) -> None:
    week = period_named("weekly", name, 1)
    assert (week.start, week.end - timedelta(days=1), week.quarter.name) == (first, last, quarter)
    assert week_of(last, 1) == week


@pytest.mark.parametrize("name", ["2025-W53", "2025-W00", "week 3", "2025-Q1"])
def test_week_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match="is no week"):
        period_named("weekly", name, 1)


def test_last_period_is_one_that_is_over() -> None:
    assert last_period("weekly", date(2025, 3, 10), 1) == WEEK  # a Monday
    assert last_period("weekly", date(2025, 3, 16), 1) == WEEK  # the Sunday after
    assert last_period("quarterly", date(2025, 3, 31), 4).name == "FY2025-Q3"


def test_without_an_address_there_is_no_link(acme: Published, tmp_path: Path) -> None:
    found = digest_of(basis(acme, tmp_path), WEEK)
    assert {section.url for section in found.sections} == {""}
    assert "http" not in plain_text(found)
    assert Address("https://p.example/").of_period("delivery", WEEK) == (
        "https://p.example/delivery?period=Custom+period&days=2025-03-03&days=2025-03-09"
    )


def test_simulated_figures_say_so_in_every_form(published: Publish, tmp_path: Path) -> None:
    found = digest_of(basis(published(small_world(), is_demo=True), tmp_path), WEEK)
    assert found.subject.endswith("(simulated)")
    assert "Simulated" in plain_text(found)
    assert "Simulated" in html_page(found)
    assert "Simulated" in slack_message(found)["text"]
    assert "Simulated" in slack_message(found)["blocks"][1]["elements"][0]["text"]


def test_stale_figure_says_so(published: Publish, tmp_path: Path) -> None:
    late = published(small_world(), NOW + timedelta(days=3))
    week = replace(WEEK, end=WEEK.end + timedelta(days=2))
    text = plain_text(digest_of(basis(late, tmp_path), week))
    assert "Stale: newer data is missing." in text
    assert "is stale" in text


def test_link_opens_the_page_of_the_same_days_and_teams(small_organisation: Path, open_page: Any) -> None:
    week = week_of(date(2025, 11, 20), 1)
    url = urlsplit(Address("https://p.example", ("Payments",)).of_period("delivery", week))
    app = open_page(small_organisation, url.path.strip("/"), **parse_qs(url.query))
    assert not app.exception
    (days,) = app.sidebar.date_input
    assert days.value == (date(2025, 11, 17), date(2025, 11, 23))
    assert app.sidebar.multiselect[0].value == ["payments"]


def test_a_goal_whose_last_day_is_over_needs_a_decision_here_as_on_the_page(tmp_path: Path) -> None:
    aim = Aim(0.1, "ratio", 1, date(2025, 3, 1), "engineering")
    set_on = datetime(2025, 2, 25)  # noqa: DTZ001
    goal = Edit("cfr", "set", "change_fail_rate", "*", "engineering", set_on, aim, None, "as agreed")
    with publish_world(tmp_path, small_world(), {"organisation": "Acme"}, NOW, goals=[goal]) as snapshot:
        text = plain_text(digest_of(basis(Published(snapshot), tmp_path), WEEK))
    assert "Change fail rate: the goal of at most 10 % was due on 1 Mar 2025" in text.replace("\u00a0", " ")
    assert "The rest is not known, since the return is not" in text
