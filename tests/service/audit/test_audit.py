"""Who took what along: noted before it happens, by pseudonym, for those who may read it, and for good."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from collectors.people import ERASED
from dashboards.access.audit import Deed
from dashboards.access.visitor import DeniedError, Visitor
from service.audit.reading import newest_deeds
from service.audit.writing import SpoolAudit
from service.care.people import check_keys, erase, rotate
from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import Settings
from service.running.spooled import drain_spool, spool_kinds
from service.storage.warehouse import open_warehouse
from tests.service.command import run_payoff
from tests.service.folders import configured

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2099, 1, 1, tzinfo=UTC)
ANN = Visitor("oidc", "viewer", "Ann Ahn", "ann@acme.example", LATER)
ADA = Visitor("oidc", "admin", "Ada", "ada@acme.example", LATER)
SHEET = Deed("export", "payoff_delivery.csv", "2026-01-01/2026-04-01 teams=payments", 12)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configured(tmp_path, "")


def audit_of(settings: Settings) -> SpoolAudit:
    return SpoolAudit(settings, lambda: NOON)


def drained(settings: Settings) -> list[tuple[object, ...]]:
    with open_warehouse(settings, lambda: NOON) as warehouse:
        drain_spool(warehouse, spool_kinds(settings))
    with duckdb.connect(str(settings.storage.directory / "warehouse.duckdb"), read_only=True) as con:
        return con.execute("SELECT * EXCLUDE (entry_id) FROM audit_log ORDER BY noted_at, subject").fetchall()


def test_a_deed_is_there_at_once_and_in_the_table_after_the_next_run(settings: Settings) -> None:
    audit_of(settings).note(ANN, SHEET)
    (noted,) = audit_of(settings).newest(ADA, 10)
    person = pseudonyms_of(settings)("ann@acme.example")
    assert (noted.noted_at, noted.person, noted.role, noted.through) == (NOON, person, "viewer", "page")
    assert noted.deed == SHEET
    row = (NOON.replace(tzinfo=None), person, "viewer", "page", "export", *(SHEET.subject, SHEET.detail, 12))
    assert drained(settings) == [row]
    assert drained(settings) == [row]


def test_nothing_of_a_person_is_stored_in_clear(settings: Settings, tmp_path: Path) -> None:
    audit_of(settings).note(ANN, SHEET)
    drained(settings)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"ann@" not in kept.lower()
    assert b"Ann Ahn" not in kept


@pytest.mark.parametrize("role", ["viewer", "platform", None])
def test_only_admins_read_it(settings: Settings, role: str | None) -> None:
    with pytest.raises(DeniedError, match="needs the role admin"):
        audit_of(settings).newest(Visitor("oidc", role, "X", "x", LATER), 10)  # type: ignore[arg-type]


def test_a_new_key_and_an_erasure_reach_what_was_noted_before(settings: Settings) -> None:
    audit_of(settings).note(ANN, SHEET)
    audit_of(settings).note(ADA, Deed("deploy", "deploy-service", "create basket"))
    drained(settings)
    with open_warehouse(settings, lambda: NOON) as warehouse:
        check_keys(warehouse, settings)
        rotate(warehouse, settings)
    ann, ada = (pseudonyms_of(settings)(name) for name in ("ann@acme.example", "ada@acme.example"))
    assert [noted.person for noted in newest_deeds(settings)] == [ada, ann]
    assert [row[1] for row in drained(settings)] == [ada, ann]
    with open_warehouse(settings, lambda: NOON) as warehouse:
        assert erase(warehouse, settings, ["ann@acme.example"]).rows["audit_log"] == 1
    assert [noted.person for noted in newest_deeds(settings)] == [ada, ERASED]
    assert [row[1] for row in drained(settings)] == [ada, ERASED]


def test_a_new_key_and_an_erasure_reach_what_is_not_stored_yet(settings: Settings) -> None:
    with open_warehouse(settings, lambda: NOON) as warehouse:
        pseudonyms_of(settings)
        check_keys(warehouse, settings)
    audit_of(settings).note(ANN, SHEET)
    audit_of(settings).note(ADA, Deed("deploy", "deploy-service", "create basket"))
    with open_warehouse(settings, lambda: NOON) as warehouse:
        rotate(warehouse, settings)
        erase(warehouse, settings, ["ann@acme.example"])
    ada = pseudonyms_of(settings)("ada@acme.example")
    assert [row[1] for row in drained(settings)] == [ada, ERASED]


def test_a_deed_of_somebody_forgotten_names_nobody_under_a_new_key(settings: Settings) -> None:
    audit_of(settings).note(ADA, SHEET)
    drained(settings)
    with open_warehouse(settings, lambda: NOON) as warehouse:
        check_keys(warehouse, settings)
        erase(warehouse, settings, ["ann@acme.example"])
    audit_of(settings).note(ANN, SHEET)
    with open_warehouse(settings, lambda: NOON) as warehouse:
        rotate(warehouse, settings)
    assert newest_deeds(settings)[0].person == ERASED


def test_the_command_gives_all_since_a_day(settings: Settings) -> None:
    audit_of(settings).note(ANN, SHEET)
    config = ("--config", str(settings.path))
    given = run_payoff("audit", *config, "--since", "2026-03-02").stdout.splitlines()
    assert given[0] == "noted_at,person,role,through,action,subject,detail,n_rows"
    assert given[1].startswith("2026-03-02 12:00:00,")
    assert given[1].endswith("viewer,page,export,payoff_delivery.csv,2026-01-01/2026-04-01 teams=payments,12")
    assert len(run_payoff("audit", *config, "--since", "2026-03-03").stdout.splitlines()) == 1
    assert run_payoff("audit", *config, "--since", "soon").exit_code == 2
