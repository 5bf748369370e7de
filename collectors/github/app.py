"""The token of a GitHub App's installation: made with the App's key, good for an hour, made again in time.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app (read November 2026):
a JSON web token signed with RS256 and valid for at most ten minutes is exchanged for an installation token.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from collectors.auth import BearerToken
from collectors.errors import FatalError
from collectors.exchange import Request
from collectors.http import Client
from collectors.times import moment

_SIGNED_FOR_SECONDS = 540
_CLOCKS_DIFFER_SECONDS = 60
_RENEW_BEFORE_SECONDS = 300


class Installation:
    """Gives the token of an installation as it is now; threads share it."""

    def __init__(
        self,
        source: str,
        url: str,
        app_id: str,
        private_key: str,
        *,
        installation_id: str | None,
        org: str | None,
        sleep: Callable[[float], None],
        clock: Callable[[], float] = time.time,
        variable: str = "",
    ) -> None:
        self._source, self._app_id, self._key, self._clock = source, app_id, private_key, clock
        self._id, self._org = installation_id, org
        self._variable = variable
        self._client = Client(source, url, BearerToken(self._signed, variable=variable), sleep=sleep)
        self._lock = threading.Lock()
        self._token, self._ends_at = "", 0.0

    def auth(self) -> BearerToken:
        """How requests carry the token."""
        return BearerToken(self._current, variable=self._variable, on_refusal=self._forget)

    def _current(self) -> str:
        with self._lock:
            if self._clock() > self._ends_at - _RENEW_BEFORE_SECONDS:
                made = self._made()
                self._token, self._ends_at = made["token"], moment(made["expires_at"]).timestamp()
            return self._token

    def _forget(self) -> None:
        with self._lock:
            self._ends_at = 0.0

    def _made(self) -> Mapping[str, Any]:
        what = f"a token of the App {self._app_id}"
        # A second token does no harm, so asking may be repeated.
        path = f"app/installations/{self._installation()}/access_tokens"
        made: Mapping[str, Any] = self._client.ask(Request(path, what=what, body={}, only_reads=True)).data
        return made

    def _installation(self) -> str:
        if self._id is None:
            what = f"the installation of the App {self._app_id} on {self._org}"
            found = self._client.ask(Request(f"orgs/{self._org}/installation", what=what))
            self._id = str(found.data["id"])
        return self._id

    def _signed(self) -> str:
        now = int(self._clock())
        claims = {
            "iat": now - _CLOCKS_DIFFER_SECONDS,
            "exp": now + _SIGNED_FOR_SECONDS,
            "iss": self._app_id,
        }
        try:
            return jwt.encode(claims, self._key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise FatalError(
                f"{self._source}: `private_key` is no private key in PEM form. Download one from the App's "
                "settings, and write ${file:PATH}."
            ) from None
