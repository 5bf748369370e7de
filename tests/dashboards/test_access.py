"""The policy: what each role may do, and what is said to those who may not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from dashboards.access.gate import without_gate
from dashboards.access.roles import ROLES, Permission, Role, allows, highest
from dashboards.access.visitor import DeniedError, Visitor, refusal, require

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANN = Visitor("oidc", "viewer", "Ann", "sub:1", until=NOON)
MAY: dict[Role, set[Permission]] = {
    "viewer": {"read"},
    "platform": {"read", "deploy", "set_goals"},
    "admin": {"read", "deploy", "set_goals", "edit_ledger", "read_audit"},
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_its_line_says_and_nothing_else(role: Role) -> None:
    assert {one for one in get_args(Permission) if allows(role, one)} == MAY[role]


def test_nobody_known_may_nothing() -> None:
    assert not any(allows(None, one) for one in get_args(Permission))


def test_of_several_roles_the_highest_holds() -> None:
    assert highest(["platform", "viewer"]) == "platform"
    assert highest([]) is None


def test_a_login_that_is_over_allows_nothing_although_the_role_would() -> None:
    before = NOON - timedelta(microseconds=1)
    assert refusal(ANN, "read", before) == ""
    assert "expired" in refusal(ANN, "read", NOON)
    with pytest.raises(DeniedError, match="expired"):
        require(ANN, "read", NOON)


def test_a_refusal_names_the_role_that_is_missing_and_not_the_person() -> None:
    said = refusal(replace(ANN, until=None), "edit_ledger")
    assert said.startswith("Editing the ledger needs the role admin; you have the role viewer.")
    assert "login.roles" in said
    assert "Ann" not in said
    assert "Ann" not in repr(ANN)
    assert "sub:1" not in repr(ANN)


def test_a_server_that_has_lost_its_gate_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAYOFF_LOGIN", raising=False)
    assert without_gate().role == "viewer"
    monkeypatch.setenv("PAYOFF_LOGIN", "oidc")
    assert without_gate().role is None
