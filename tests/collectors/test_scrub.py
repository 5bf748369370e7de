"""People leave a payload; what they did, and which of them it was, can still be told apart."""

from typing import Any

import pytest

from collectors.scrub import scrubber

scrub = scrubber(lambda person: f"<{person}>")


@pytest.mark.parametrize(
    ("person", "kept"),
    [
        # GitHub, GitLab, Jira Cloud, PagerDuty, and the author of a commit.
        (
            {"login": "jane", "id": 7, "html_url": "https://x.example/jane", "type": "User"},
            {"login": "<jane>", "type": "User"},
        ),
        (
            {"username": "jane", "name": "Jane Doe", "state": "active"},
            {"username": "<jane>", "state": "active"},
        ),
        ({"accountId": "5b1", "displayName": "Jane Doe", "active": True}, {"accountId": "<5b1>"}),
        ({"id": "P1", "type": "user_reference", "summary": "Jane"}, {"id": "<P1>", "type": "user_reference"}),
        (
            {"name": "Jane", "email": "jane@x.example", "date": "2026-01-01"},
            {"email": "<jane@x.example>", "date": "2026-01-01"},
        ),
    ],
)
def test_a_person_is_a_pseudonym_wherever_they_stand(person: dict[str, Any], kept: dict[str, Any]) -> None:
    assert scrub({"id": 1, "reviews": [{"by": person}]}) == {"id": 1, "reviews": [{"by": kept}]}


@pytest.mark.parametrize(
    "program",
    [
        {"login": "dependabot[bot]", "id": 49699333},
        {"accountId": "5b2", "accountType": "app"},
        {"login": "acme", "type": "Organization", "html_url": "https://x.example/acme"},
    ],
)
def test_a_program_and_an_organisation_are_no_people(program: dict[str, Any]) -> None:
    assert scrub(program) == program


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ask jane.doe+x@mail.x.example now", "ask [address] now"),
        ("https://jane:pa55@x.example/repo.git", "https://[token]@x.example/repo.git"),
        ("with ghp_0123456789abcdefABCD", "with [token]"),
        ("glpat-0123456789abcdefABCD", "[token]"),
        ("git@x.example:acme/shop.git", "[address]:acme/shop.git"),
        ("deploy@production", "deploy@production"),
    ],
)
def test_addresses_and_tokens_leave_any_text(text: str, kept: str) -> None:
    assert scrub({"log": [text]}) == {"log": [kept]}


def test_free_text_goes_unless_a_source_needs_it() -> None:
    item = {"title": "hotfix: till", "body": "Jane said", "name": "shop", "first_name": "Jane"}
    assert scrub(item) == {"name": "shop"}
    assert scrubber(str, keep=("title",))(item) == {"title": "hotfix: till", "name": "shop"}


def test_scrubbing_changes_no_number_no_truth_and_not_the_payload_itself() -> None:
    item: dict[str, Any] = {"id": 7, "ok": True, "none": None, "user": {"login": "jane"}}
    assert scrub(item) == {"id": 7, "ok": True, "none": None, "user": {"login": "<jane>"}}
    assert item["user"] == {"login": "jane"}
