"""What doctor says of the login, and of a provider that does not answer or is another one."""

from typing import Any

import pytest

from service.login import metadata
from service.login.config import Login
from service.login.findings import login_findings
from service.login.metadata import ProviderError, provider_of
from tests.service.login.test_gate import OIDC, PROXY, ROLES
from tests.service.ports import free_port

METADATA = {
    "issuer": "https://login.example.com/realms/acme",
    "authorization_endpoint": "https://login.example.com/auth",
    "token_endpoint": "https://login.example.com/token",
    "jwks_uri": "https://keys.example.com/keys",
}


def login_of(kind: str, **own: Any) -> Login:
    return Login.model_validate({"kind": kind, "roles": ROLES, "oidc": OIDC | own, "proxy": PROXY})


def test_each_kind_is_told_with_its_roles() -> None:
    assert "this machine only" in login_findings(Login())[0].text
    told = login_findings(login_of("proxy"))[0].text
    assert "by the proxy at 127.0.0.1, 10.0.3.0/28; viewer: leads; platform: platform/" in told
    assert told.endswith("admin: admins; everybody else: denied")


def test_a_provider_that_cannot_be_reached_is_an_error_without_a_secret() -> None:
    (finding,) = login_findings(login_of("oidc", issuer=f"http://127.0.0.1:{free_port()}"))
    assert not finding.ok
    assert "Check that 127.0.0.1 can be reached" in finding.text
    assert "s3cret" not in finding.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"issuer": "https://login.example.com/realms/other"},
            "is of https://login.example.com/realms/other",
        ),
        ({"issuer": None}, "is of nobody"),
        ({"token_endpoint": None}, "has no token_endpoint"),
        ({"jwks_uri": "http://keys.example.com/keys"}, "https://"),
    ],
)
def test_metadata_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], said: str
) -> None:
    found = {name: value for name, value in {**METADATA, **given}.items() if value is not None}
    monkeypatch.setattr(metadata, "fetched", lambda url: found)
    oidc = login_of("oidc").oidc
    assert oidc is not None
    with pytest.raises(ProviderError, match=said):
        provider_of(oidc)
