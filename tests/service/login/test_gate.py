"""Who a connection belongs to: by place, by a signed login, by a proxy; and what does not count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboards.access.visitor import Connection, refusal
from service.login.config import Login
from service.login.gate import LoginGate

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES = {"viewer": ["leads"], "platform": ["platform", "/^team-.*-ops$/"], "admin": ["admins"]}
OIDC = {
    "issuer": "https://login.example.com/realms/acme",
    "client_id": "payoff",
    "client_secret": "s3cret",
    "public_url": "https://payoff.example.com",
}
PROXY = {"trusted": ["127.0.0.1", "10.0.3.0/28"], "logout_url": "/oauth2/sign_out"}
CLAIMS = {
    "is_logged_in": True,
    "iss": "https://login.example.com/realms/acme",
    "aud": "payoff",
    "sub": "8f2c",
    "name": "Ann Ahn",
    "email": "ann@acme.example",
    "iat": int((NOON - timedelta(hours=1)).timestamp()),
    "groups": ["leads"],
}
HERE = Connection(None, "localhost", is_forwarded=False)


def gate_of(host: str = "127.0.0.1", **login: Any) -> LoginGate:
    return LoginGate(Login.model_validate(login), host=host, clock=lambda: NOON)


def oidc(**own: Any) -> LoginGate:
    return gate_of(kind="oidc", roles=ROLES, oidc=OIDC | own)


def proxy(**own: Any) -> LoginGate:
    return gate_of(kind="proxy", roles=ROLES, proxy=PROXY | own)


def by_claims(**claims: Any) -> Connection:
    return replace(HERE, claims={**CLAIMS, **claims})


def by_headers(address: str | None, user: str = "ann", *groups: str) -> Connection:
    headers = {"x-forwarded-user": (user,), "x-forwarded-groups": groups}
    return Connection(address, "payoff.example.com", is_forwarded=True, headers=headers)


# Without a login


def test_without_a_login_this_machine_may_everything() -> None:
    assert gate_of().visitor(HERE).role == "admin"


@pytest.mark.parametrize(
    "seen",
    [
        replace(HERE, address="10.0.0.7"),
        replace(HERE, is_forwarded=True),
        replace(HERE, is_forwarded=True, host="payoff.example.com"),
    ],
)
def test_without_a_login_everybody_else_reads(seen: Connection) -> None:
    assert gate_of().visitor(seen).role == "viewer"


def test_a_page_that_leads_its_own_name_to_this_machine_reads_nothing() -> None:
    visitor = gate_of().visitor(replace(HERE, host="attacker.example"))
    assert visitor.role is None
    assert "open it as http://localhost" in refusal(visitor, "read")
    assert gate_of(host="0.0.0.0").visitor(replace(HERE, host="payoff.lan")).role == "viewer"  # noqa: S104


def test_a_connection_that_is_gone_while_its_page_runs_is_not_from_this_machine() -> None:
    # Streamlit then has neither an address nor headers to show: as for this machine, but for the name.
    gone = Connection(None, "", is_forwarded=False)
    assert gate_of().visitor(gone).role == "viewer"


def test_without_a_login_a_server_beyond_this_machine_lets_all_read_only() -> None:
    assert gate_of(host="0.0.0.0").visitor(HERE).role == "viewer"  # noqa: S104


def test_without_a_login_headers_and_claims_mean_nothing() -> None:
    seen = replace(by_headers("10.0.0.7", "root", "admins"), claims={**CLAIMS, "groups": ["admins"]})
    visitor = gate_of().visitor(seen)
    assert (visitor.role, visitor.is_known) == ("viewer", False)


# A signed login


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["leads"], "viewer"),
        (["leads", "admins"], "admin"),
        (["team-pay-ops"], "platform"),
        ("platform", "platform"),
        (["Admins"], None),
        (["xteam-pay-ops"], None),
        ([], None),
        (None, None),
        ([{"name": "admins"}], None),
    ],
)
def test_the_highest_role_of_the_groups_holds(groups: Any, role: str | None) -> None:
    visitor = oidc().visitor(by_claims(groups=groups))
    assert (visitor.role, visitor.is_known) == (role, True)


def test_who_is_in_no_group_gets_the_default_role_where_there_is_one() -> None:
    gate = gate_of(kind="oidc", roles=ROLES, oidc=OIDC, default_role="viewer")
    assert gate.visitor(by_claims(groups=[])).role == "viewer"
    assert gate.visitor(HERE).role is None


def test_the_claim_may_lie_in_an_object_or_have_dots_in_its_name() -> None:
    nested = by_claims(realm_access={"roles": ["admins"]})
    assert oidc(roles_claim="realm_access.roles").visitor(nested).role == "admin"
    whole = by_claims(**{"https://acme.example/roles": ["platform"]})
    assert oidc(roles_claim="https://acme.example/roles").visitor(whole).role == "platform"


def test_who_is_logged_in_is_named_to_themselves_and_ends_with_the_session() -> None:
    visitor = oidc(person_claim="email").visitor(by_claims())
    assert (visitor.name, visitor.person) == ("Ann Ahn", "ann@acme.example")
    assert visitor.until == NOON + timedelta(hours=11)
    assert oidc().visitor(by_claims()).person == "sub:8f2c"


@pytest.mark.parametrize(
    "claims",
    [
        {"is_logged_in": False},
        {"sub": ""},
        {"iss": "https://login.example.com/realms/other"},
        {"aud": "another-client"},
        {"aud": None},
    ],
)
def test_a_login_that_is_not_ours_is_none(claims: dict[str, Any]) -> None:
    visitor = oidc().visitor(by_claims(**claims))
    assert (visitor.role, visitor.is_known) == (None, False)


@pytest.mark.parametrize("iat", [int((NOON - timedelta(hours=12)).timestamp()), None, "now", True])
def test_a_login_ends_after_its_hours_and_one_without_a_beginning_has_ended(iat: Any) -> None:
    visitor = oidc().visitor(by_claims(iat=iat))
    assert (visitor.role, visitor.is_known) == (None, False)
    assert "expired" in visitor.problem


def test_with_a_provider_the_headers_of_a_proxy_mean_nothing() -> None:
    assert oidc().visitor(by_headers("127.0.0.1", "root", "admins")).role is None


# A proxy


@pytest.mark.parametrize("address", [None, "127.0.0.1", "10.0.3.7", "::ffff:10.0.3.7"])
def test_the_headers_of_the_proxy_name_the_user_and_the_groups(address: str | None) -> None:
    visitor = proxy().visitor(by_headers(address, "ann", "leads, platform"))
    assert (visitor.role, visitor.name, visitor.person) == ("platform", "ann", "ann")
    assert proxy().logout_url == "/oauth2/sign_out"


@pytest.mark.parametrize("address", ["10.0.3.16", "192.168.1.9", "::1", "testclient", ""])
def test_nobody_else_can_set_them(address: str) -> None:
    gate = proxy(trusted=["10.0.3.0/28"])
    visitor = gate.visitor(by_headers(address, "root", "admins"))
    assert (visitor.role, visitor.is_known) == (None, False)
    assert "does not come from the proxy" in visitor.problem


def test_a_proxy_on_this_machine_may_come_by_either_of_its_addresses() -> None:
    assert proxy(trusted=["::1"]).visitor(by_headers(None, "ann", "leads")).role == "viewer"
    assert proxy(trusted=["10.0.3.7"]).visitor(by_headers(None, "ann", "leads")).role is None


def test_a_header_that_comes_twice_was_forged_by_a_client() -> None:
    visitor = proxy().visitor(by_headers("127.0.0.1", "ann", "leads", "admins"))
    assert (visitor.role, visitor.is_known) == (None, False)
    assert "set the headers" in visitor.problem


def test_a_page_that_is_open_for_long_has_to_pass_the_proxy_again() -> None:
    # Headers stay as they were when the page was opened; the role that they gave may be gone by now.
    opened = replace(by_headers("127.0.0.1", "ann", "leads"), since=NOON - timedelta(hours=2))
    visitor = proxy(session_hours=3).visitor(opened)
    assert (visitor.role, visitor.until) == ("viewer", NOON + timedelta(hours=1))
    late = proxy(session_hours=2).visitor(opened)
    assert (late.role, late.is_known) == (None, False)
    assert "Reload" in refusal(late, "read")


def test_a_proxy_that_names_nobody_lets_nobody_in() -> None:
    assert proxy().visitor(by_headers("127.0.0.1", " ", "admins")).role is None
    assert not proxy().visitor(replace(HERE, address="127.0.0.1")).is_known
