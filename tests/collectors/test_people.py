"""One person has one pseudonym, whatever they are called where; a program is nobody."""

from typing import Any

import pytest

from collectors.people import ERASED, Pseudonyms, aliases_of, person_of, turned
from collectors.scrub import is_bot, scrubber, turned_people, verified_aliases
from warehouse.records import PersonAlias

KEY, NEXT = b"a key of some length", b"the one behind it"
JANE = ["jane-doe", "jane@corp.example", "pager:PJANE1", "5b10a2844c20165700ede21g"]
HASH = Pseudonyms((KEY,), aliases_of([JANE, ["max", "max@corp.example"]]))


def test_all_logins_of_a_person_are_one_pseudonym_that_tells_nothing() -> None:
    found = {HASH("Jane-Doe"), HASH(" jane@corp.example "), HASH("5B10a2844c20165700ede21g")}
    assert len(found) == 1
    (pseudonym,) = found
    assert len(pseudonym) == 16
    assert "jane" not in pseudonym
    assert HASH("max") != pseudonym


def test_an_alias_of_one_source_holds_there_alone() -> None:
    assert HASH.of_source("pager")("PJANE1") == HASH("jane-doe")
    assert HASH.of_source("forge")("PJANE1") != HASH("jane-doe")


def test_the_first_name_of_a_person_stays_theirs_when_others_are_added() -> None:
    assert Pseudonyms((KEY,))("jane-doe") == HASH("jane@corp.example")


def test_an_address_that_hides_the_own_one_stands_for_its_login() -> None:
    assert HASH("1234+jane-doe@users.noreply.github.com") == HASH("jane-doe")
    assert HASH("max@users.noreply.github.com") == HASH("max@corp.example")


def test_an_identifier_of_two_people_is_an_error_that_names_nobody() -> None:
    with pytest.raises(ValueError, match=r"^person 2 has an identifier of person 1$"):
        aliases_of([["jane", "j@corp.example"], ["joe", "J@corp.example"]])


def test_whoever_was_erased_stays_nobody_in_particular() -> None:
    erased = Pseudonyms((KEY,), HASH.aliases, erased={HASH("jane-doe")})
    assert erased("jane@corp.example") == ERASED
    assert erased("max") == HASH("max")


def test_a_stored_pseudonym_put_through_the_new_key_is_that_of_the_next_login() -> None:
    assert turned(HASH("max").encode(), [NEXT]) == Pseudonyms((KEY, NEXT), HASH.aliases)("max")


def test_a_bot_by_the_configured_names_is_nobody_and_keeps_its_name() -> None:
    people = Pseudonyms((KEY,), is_bot=lambda login: login.endswith("-robot"))
    kept = scrubber(people)({"author": {"login": "build-robot", "name": "B", "avatar_url": "x"}})
    assert kept == {"author": {"login": "build-robot", "name": "B", "bot": True}}
    assert is_bot(kept["author"])
    assert person_of("build-robot", people) is None
    assert person_of("jane", people) == people("jane")


def person(**more: Any) -> dict[str, Any]:
    return {"accountId": "5b10", "emailAddress": "jane@corp.example", "displayName": "Jane Doe", **more}


def test_an_address_ties_logins_together_only_where_the_source_says_that_it_is_verified() -> None:
    value = {"reporter": person(), "watchers": [person(email_verified=False)]}
    assert list(verified_aliases(scrubber(HASH)(value))) == []
    stated = scrubber(HASH)({"reporter": person(email_verified=True)})
    assert list(verified_aliases(stated)) == [PersonAlias(HASH("5b10"), HASH("jane@corp.example"))]


def test_an_address_of_the_same_pseudonym_ties_nothing() -> None:
    value = {"user": {"login": "jane-doe", "email": "jane@corp.example", "email_verified": True}}
    assert list(verified_aliases(scrubber(HASH)(value))) == []


def test_pseudonyms_in_a_kept_body_are_turned_and_nothing_else_is() -> None:
    sha = "0123456789abcdef"
    body = {
        "sha": sha,
        "user": {"login": "jane-doe", "type": "User"},
        "on_call": [{"id": "PJANE1", "type": "user_reference"}],
        "bot": {"login": "renovate[bot]", "type": "Bot"},
        "list": {"id": sha, "url": "x"},
    }
    kept = scrubber(HASH)(body)
    new = turned_people(kept, str.upper)
    assert new["user"]["login"] == HASH("jane-doe").upper()
    assert new["on_call"][0]["id"] == HASH("PJANE1").upper()
    assert (new["sha"], new["bot"], new["list"]) == (sha, kept["bot"], kept["list"])
