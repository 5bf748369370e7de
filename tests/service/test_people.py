"""Keys that are replaced or lost, and people who are forgotten, in every file of the storage folder."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collectors.base import RawBody
from service.care.people import accept_lost_key, erase, rotate
from service.care.pseudonyms import erased_people, keys_of, pseudonyms_of
from service.cli import app
from service.configuration.config import Settings, load_config
from service.errors import UsageError
from service.running.pipeline import collect_and_publish, drain_and_publish
from service.storage.warehouse import open_warehouse
from tests.service.command import FILES, Payoff, text_of
from tests.service.folders import DEPLOYMENTS, NOW, deployment_rows, write_config, write_files
from warehouse.journal import raw_bodies
from warehouse.load import load_page
from warehouse.records import Commit, PersonAlias, to_tables

CHANGES = "change_id,service_id,merged_at,author\n"
JANE, MAX = "jane-doe", "max"
KEYS = {"OLD": "an old key of some length", "NEW": "a new key of some length"}


def clock() -> datetime:
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(
        tmp_path / "exports",
        deployments=DEPLOYMENTS + deployment_rows(7),
        changes=CHANGES + f"c1,pay,2025-01-06T12:00:00Z,{JANE}\nc2,pay,2025-01-06T13:00:00Z,{MAX}\n",
        team_members=f"person,team_id\n{JANE},money\n{MAX},money\n",
        teams="team_id\nmoney\n",
        services="service_id,team_id\npay,money\n",
    )
    return tmp_path


def configured(folder: Path, key: str = "") -> Settings:
    people = f"people: {{pseudonym_key: '{key}'}}\n" if key else ""
    return load_config(write_config(folder, people + FILES), KEYS)


def collected(settings: Settings) -> None:
    collect_and_publish(settings, clock=clock)


def drained(settings: Settings) -> None:
    drain_and_publish(settings, clock=clock)


def with_bodies(settings: Settings) -> None:
    """A kept body that names both, a commit and a login that a verified address ties to Jane."""
    who = pseudonyms_of(settings)
    body = json.dumps({"author": {"login": who(JANE)}, "reviewers": [{"login": who(MAX)}]}).encode()
    rows = [
        Commit("acme/pay", "a" * 40, NOW, author=who(JANE)),
        PersonAlias(who("5b10"), who(JANE)),
    ]
    with open_warehouse(settings, clock) as warehouse:
        load_page(warehouse, "forge", "x", "*", tables=to_tables(rows), raw=[RawBody("1", body, NOW)])


def authors(settings: Settings) -> dict[str, str]:
    with open_warehouse(settings, clock) as warehouse:
        return dict(warehouse.connection.execute("SELECT change_id, author FROM changes").fetchall())


def everything(settings: Settings) -> bytes:
    """All bytes of the storage folder, and of the kept bodies as they are when they are read."""
    found = b"".join(path.read_bytes() for path in settings.storage.directory.rglob("*") if path.is_file())
    with open_warehouse(settings, clock) as warehouse:
        bodies = [stored.body for batch in raw_bodies(warehouse, "forge", "x", "*") for stored in batch]
    return found + b"".join(bodies)


def test_a_rotated_key_keeps_everybody_who_they_were(folder: Path) -> None:
    settings = configured(folder)
    collected(settings)
    with_bodies(settings)
    before, old = authors(settings), pseudonyms_of(settings)
    with open_warehouse(settings, clock) as warehouse:
        assert rotate(warehouse, settings) == 3  # Jane, Max and the login that is Jane
    after, new = authors(settings), pseudonyms_of(settings)
    assert len(keys_of(settings)) == 2
    assert after == {"c1": new(JANE), "c2": new(MAX)} != before
    assert old(JANE).encode() not in everything(settings)
    assert new(MAX).encode() in everything(settings)  # in the body
    write_files(folder / "exports", changes=CHANGES + f"c3,pay,2025-01-06T13:00:00Z,{JANE}\n")
    collected(settings)
    assert authors(settings)["c3"] == after["c1"]


def test_a_configured_key_is_rotated_with_the_new_one_behind_it(folder: Path) -> None:
    collected(configured(folder, "${OLD}".replace(" ", "")))
    both = configured(folder, "${OLD} ${NEW}")
    with pytest.raises(UsageError, match="Run `payoff people rotate` first"):
        collected(both)
    with open_warehouse(both, clock) as warehouse:
        rotate(warehouse, both)
    collected(both)
    assert authors(both)["c1"] == pseudonyms_of(both)(JANE)
    with open_warehouse(both, clock) as warehouse, pytest.raises(UsageError, match="Keep both"):
        rotate(warehouse, both)


def test_another_key_is_refused_before_anybody_turns_up_twice(folder: Path) -> None:
    settings = configured(folder)
    collected(settings)
    before = authors(settings)
    (settings.storage.directory / "pseudonym.key").unlink()
    with pytest.raises(
        UsageError, match=r"Put the old key back; where it is lost, run `payoff people lost-key`"
    ):
        collected(settings)
    assert authors(settings) == before


def test_after_a_lost_key_everything_is_read_again_under_the_new_one(folder: Path) -> None:
    settings = configured(folder)
    collected(settings)
    with_bodies(settings)
    old = pseudonyms_of(settings)
    (settings.storage.directory / "pseudonym.key").unlink()
    with open_warehouse(settings, clock) as warehouse:
        assert accept_lost_key(warehouse, settings) == 3  # Jane, Max and the alias
    assert set(authors(settings).values()) == {"erased"}
    collected(settings)
    new = pseudonyms_of(settings)
    assert authors(settings) == {"c1": new(JANE), "c2": new(MAX)}
    assert old(JANE).encode() not in everything(settings)


def test_an_erased_person_is_in_no_file_and_does_not_come_back(folder: Path) -> None:
    settings = configured(folder)
    collected(settings)
    with_bodies(settings)
    who = pseudonyms_of(settings)
    assert who(JANE).encode() in everything(settings)
    with open_warehouse(settings, clock) as warehouse:
        erased = erase(warehouse, settings, ["Jane-Doe"])
    assert erased.rows == {
        "team_members": 1,
        "person_aliases": 1,
        "changes": 1,
        "commits": 1,
        "ledger_entries": 0,
        "goal_entries": 0,
        "audit_log": 0,
        "raw_bodies": 1,
    }
    assert erased_people(settings) == {who(JANE), who("5b10")}
    (settings.storage.directory / "erased-people").rename(folder / "aside")
    left = everything(settings)
    (folder / "aside").rename(settings.storage.directory / "erased-people")
    assert who(JANE).encode() not in left
    assert who("5b10").encode() not in left
    assert who(MAX).encode() in left
    write_files(folder / "exports", changes=CHANGES + f"c1,pay,2025-01-06T12:00:00Z,{JANE}\n")
    collected(settings)
    assert authors(settings) == {"c1": "erased", "c2": who(MAX)}
    assert JANE.encode() not in everything(settings)


def test_a_rotation_keeps_erased_people_erased(folder: Path) -> None:
    settings = configured(folder)
    collected(settings)
    with open_warehouse(settings, clock) as warehouse:
        erase(warehouse, settings, [JANE])
        rotate(warehouse, settings)
    write_files(folder / "exports", changes=CHANGES + f"c9,pay,2025-01-06T12:00:00Z,{JANE}\n")
    collected(settings)
    assert authors(settings)["c9"] == "erased"


def test_erase_takes_logins_from_standard_input_and_repeats_none(
    payoff: Payoff, folder: Path, tmp_path: Path
) -> None:
    write_config(tmp_path, FILES)
    payoff("collect")
    asked = ["people", "erase", "--config", str(tmp_path / "config.yaml")]
    result = CliRunner().invoke(app, asked, input=f"{JANE}\n")
    assert result.exit_code == 0
    assert "erased: 1 rows of team_members, 1 rows of changes" in text_of(result)
    assert JANE not in result.output
    assert CliRunner().invoke(app, asked, input="").exit_code == 2
    assert text_of(payoff("people", "rotate")).startswith("under the new key: 1 people")


def test_the_file_of_aliases_makes_one_person_of_two_logins(folder: Path) -> None:
    (folder / "people.txt").write_text(f"# who is who\n{JANE}, {MAX}\n")
    settings = load_config(write_config(folder, "people: {aliases: people.txt}\n" + FILES), {})
    collected(settings)
    assert len(set(authors(settings).values())) == 1
    assert b"who is who" not in everything(settings)


def test_a_bad_file_of_aliases_names_the_people_by_number(folder: Path, payoff: Payoff) -> None:
    write_config(folder, "people: {aliases: people.txt}\n" + FILES)
    assert "people.txt: No such file" in text_of(payoff("collect"))
    (folder / "people.txt").write_text("jane, j1\njoe, j1\n")
    said = text_of(payoff("doctor"))
    assert "person 2 has an identifier of person 1" in said
    assert "jane" not in said
