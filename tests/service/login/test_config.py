"""A login is configured as a whole and safely, or refused with what is wrong."""

from pathlib import Path

import pytest

from service.configuration.config import ConfigError, load_config

OIDC = (
    "issuer: https://login.example.com, client_id: payoff, client_secret: '${SECRET}', "
    "public_url: 'https://payoff.example.com/'"
)
ROLES = "roles: {viewer: [leads]}"


def login_of(folder: Path, text: str, **environ: str) -> None:
    path = folder / "config.yaml"
    path.write_text(f"login: {{{text}}}\n")
    login = load_config(path, {"SECRET": "s3cret-s3cret", **environ}).login
    assert "s3cret" not in repr(login)


def test_a_provider_is_described_by_four_values(tmp_path: Path) -> None:
    login_of(tmp_path, f"kind: oidc, {ROLES}, oidc: {{{OIDC}}}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"kind: oidc, {ROLES}", "has no `oidc`"),
        (f"kind: proxy, {ROLES}", "has no `proxy`"),
        (f"kind: oidc, oidc: {{{OIDC}}}", "gives nobody a role"),
        (f"kind: proxy, {ROLES}, proxy: {{trusted: []}}", "trusted"),
        (f"kind: proxy, {ROLES}, proxy: {{trusted: [0.0.0.0/0]}}", "trusts everybody"),
        (f"kind: proxy, {ROLES}, proxy: {{trusted: ['::/0']}}", "trusts everybody"),
        (f"kind: proxy, {ROLES}, proxy: {{trusted: [the-proxy]}}", "is no address or network"),
        (f"kind: proxy, {ROLES}, proxy: {{trusted: [10.1.2.3], logout_url: //evil.example}}", "https://"),
        (
            f"kind: oidc, {ROLES}, oidc: {{{OIDC.replace('https://login', 'http://login')}}}",
            "begin with https://",
        ),
        (f"kind: oidc, {ROLES}, oidc: {{{OIDC.replace('.com/', '.com/sub')}}}", "without a path"),
        (f"kind: oidc, {ROLES}, oidc: {{{OIDC}, scopes: [email]}}", "openid"),
        (f"kind: oidc, {ROLES}, oidc: {{{OIDC}, cookie_secret: '${{COOKIE}}'}}", "32"),
        (
            f"kind: oidc, {ROLES}, oidc: {{{OIDC.replace('${SECRET}', 'in-clear')}}}",
            "may not stand in the file",
        ),
        ("kind: saml", "kind"),
    ],
)
def test_what_would_not_be_safe_is_refused_with_its_reason(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        login_of(tmp_path, text, COOKIE="too short")
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
