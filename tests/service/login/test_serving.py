"""`payoff serve` listens beyond this machine with a login, or when it is told to, and otherwise not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.commands import serving
from service.login.provider import provider_secrets
from service.serving import app
from tests.service.command import run_payoff, text_of
from tests.service.folders import configured, write_config

OIDC = (
    "login: {kind: oidc, default_role: viewer, oidc: {issuer: 'https://id.example.com', client_id: payoff, "
    "client_secret: '${OIDC_SECRET}', public_url: 'https://payoff.example.com'}}\n"
)
PROXY = "login: {kind: proxy, default_role: viewer, proxy: {trusted: [10.0.3.7]}}\n"
ROOT = Path(__file__).parents[3]
EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_SECRET", "s3cret")


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were listened on."""
    found: list[str] = []

    def serve(settings: Any, *, host: str, port: int, narration: Any) -> None:
        found.append(host)

    monkeypatch.setattr(app, "serve_dashboard", serve)
    monkeypatch.setattr(serving, "_first_run", lambda settings: None)
    return found


@pytest.mark.parametrize("login", ["", "login: {kind: none}\n", OIDC, PROXY])
@pytest.mark.parametrize("host", ["127.0.0.1", EVERYWHERE, "::", "192.0.2.7"])
@pytest.mark.parametrize("flag", [(), ("--allow-anyone",)])
def test_it_listens_where_it_is_safe_or_told_to(
    tmp_path: Path, hosts: list[str], login: str, host: str, flag: tuple[str, ...]
) -> None:
    config = write_config(tmp_path, login)
    result = run_payoff("serve", "--config", str(config), "--host", host, *flag)
    is_safe = host == "127.0.0.1" or "oidc" in login or "proxy" in login
    if is_safe or flag:
        assert (result.exit_code, hosts) == (0, [host]), result.stderr
    else:
        assert (result.exit_code, hosts) == (2, [])
        assert "there is no login. Set `login` in the configuration" in text_of(result)


def test_the_provider_is_described_in_memory_and_only_the_key_is_kept(tmp_path: Path) -> None:
    settings = configured(tmp_path, OIDC)
    auth = provider_secrets(settings)["auth"]
    assert auth["redirect_uri"] == "https://payoff.example.com/oauth2callback"
    assert auth["server_metadata_url"] == "https://id.example.com/.well-known/openid-configuration"
    assert auth["client_secret"] == "s3cret"  # noqa: S105
    key = tmp_path / "data" / "login.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(auth["cookie_secret"]) == 64
    assert provider_secrets(settings)["auth"]["cookie_secret"] == auth["cookie_secret"]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"s3cret" in content for content in kept)


def test_a_session_belongs_to_whom_the_proxy_names_and_streamlit_keeps_its_options(tmp_path: Path) -> None:
    """In a process of its own, since the options are the process's."""
    write_config(tmp_path, PROXY)
    script = f"""
from pathlib import Path
from streamlit import config
from service.configuration.config import load_config
from service.serving.app import build_app
from tests.service.api.http import serving

settings = load_config(Path({str(tmp_path / "config.yaml")!r}))
with serving(build_app(settings)) as client:
    names = ("server.trustedUserHeaders", "browser.gatherUsageStats", "client.disableDataExport")
    print(client.get("/media/any").status_code, *(config.get_option(name) for name in names))
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert found.stdout == "403 {'X-Forwarded-User': 'named_by_proxy'} False True\n", found.stderr


def test_without_a_provider_streamlit_is_told_nothing(tmp_path: Path) -> None:
    assert provider_secrets(configured(tmp_path, PROXY)) == {}
    assert not (tmp_path / "data" / "login.key").exists()
