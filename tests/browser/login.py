"""A real `payoff serve` with a login, and a real OpenID Connect provider on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.browser.chromium import serving
from tests.service.folders import write_config
from tests.service.ports import free_port

_SOON = 90  # seconds
NODE = Path(__file__).parents[1] / "node"
SECRET = "a-secret-of-thirty-two-characters"  # noqa: S105 - the one of tests/node/oidc.mjs
ROLES = "roles: {viewer: [viewers], platform: [builders], admin: [rulers]}"


@dataclass(frozen=True)
class Served:
    """Where the dashboard and its provider are, and the folder of the configuration."""

    address: str
    issuer: str
    folder: Path


@contextmanager
def served_with_provider(folder: Path) -> Iterator[Served]:
    """A dashboard behind a login with the provider."""
    port, issuer_port = free_port(), free_port()
    address, issuer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{issuer_port}"
    oidc = (
        f"issuer: '{issuer}', client_id: payoff, client_secret: '${{OIDC_SECRET}}', "
        f"public_url: '{address}', prompt: login, api_audience: payoff-api"
    )
    config = write_config(folder, f"login: {{kind: oidc, {ROLES}, oidc: {{{oidc}}}}}\n")
    provider = subprocess.Popen(
        ["node", str(NODE / "oidc.mjs"), str(issuer_port), f"{address}/oauth2callback"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert provider.stdout is not None
        assert provider.stdout.readline() == b"ready\n"
        with serving(config, port, OIDC_SECRET=SECRET):
            yield Served(address, issuer, folder)
    finally:
        provider.terminate()
        provider.wait(timeout=20)


def asked(url: str, **how: Any) -> httpx.Response:
    """What the server answers, however loaded the machine is."""
    return httpx.get(url, timeout=_SOON, **how)


def token_for_api(served: Served) -> str:
    """An access token that the provider issues for the API."""
    answer = httpx.post(
        f"{served.issuer}/token",
        data={"grant_type": "client_credentials", "resource": "urn:payoff-api", "scope": "read"},
        auth=("payoff", SECRET),
        timeout=_SOON,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])
