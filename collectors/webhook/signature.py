"""Whether a delivery comes from who knows the secret, by each sender's own scheme, over the raw bytes.

- GitHub: ``X-Hub-Signature-256: sha256=HEX`` (docs.github.com, Validating webhook deliveries, 2022-11-28).
- GitLab: ``webhook-signature: v1,BASE64`` over ``ID.TIMESTAMP.BODY`` (Standard Webhooks; GitLab 19); where
  none comes ``X-Gitlab-Token``, the secret itself (docs.gitlab.com, Webhooks).
- PagerDuty: ``X-PagerDuty-Signature: v1=HEX[,v1=HEX]`` (developer.pagerduty.com, Verifying signatures, v3).
- Others: a header of your choice with HEX; or ``Authorization``: ``Bearer``, or ``Basic`` with the secret as
  password (Alertmanager cannot sign).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

# A signed timestamp that is older or newer is a replay of somebody who listened.
_TOLERANCE = timedelta(minutes=5)
Headers = Mapping[str, str]


def is_github(secret: str, headers: Headers, body: bytes) -> bool:
    """Whether GitHub signed it."""
    return _same(headers.get("x-hub-signature-256"), f"sha256={_hex(secret, body)}")


def is_pagerduty(secret: str, headers: Headers, body: bytes) -> bool:
    """Whether PagerDuty signed it; while a secret is being replaced it sends two signatures."""
    expected = f"v1={_hex(secret, body)}"
    given = headers.get("x-pagerduty-signature", "").split(",")
    return any(_same(signature.strip(), expected) for signature in given)


def is_gitlab(secret: str, headers: Headers, body: bytes, now: datetime) -> bool:
    """Whether GitLab signed it; where it sends no signature, whether it sent the secret itself."""
    signatures = headers.get("webhook-signature", "")
    if not signatures:
        return _same(headers.get("x-gitlab-token"), secret)
    identifier, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _is_recent(timestamp, now):
        return False
    signed = b".".join([identifier.encode(), timestamp.encode(), body])
    digest = hmac.new(_standard_key(secret), signed, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(digest).decode()}"
    return any(_same(signature, expected) for signature in signatures.split())


def is_signed_in(header: str, secret: str, headers: Headers, body: bytes) -> bool:
    """Whether ``header`` holds the HMAC-SHA256 of the body in hexadecimal, with ``sha256=`` or without."""
    given = headers.get(header.lower(), "").removeprefix("sha256=")
    return _same(given.lower(), _hex(secret, body))


def has_secret(secret: str, headers: Headers) -> bool:
    """Whether the secret itself came, as a bearer token or as the password of basic authentication."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _same(credentials.strip(), secret)
    if scheme.lower() == "basic":
        return _same(_password(credentials), secret)
    return False


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _same(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def _is_recent(timestamp: str, now: datetime) -> bool:
    return timestamp.isdecimal() and abs(now.timestamp() - int(timestamp)) <= _TOLERANCE.total_seconds()


def _standard_key(secret: str) -> bytes:
    """Standard Webhooks writes a binary key as ``whsec_BASE64``; anything else is the key itself."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _password(credentials: str) -> str | None:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return None
