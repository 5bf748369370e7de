"""A delivery is taken from who knows the secret, by each sender's own scheme, and from nobody else."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors.webhook.formats import Request
from collectors.webhook.signature import is_github, is_gitlab
from tests.collectors.webhooks.senders import NOW, SECRET, hex_of, request_of, source_of

FORMATS = ["alertmanager", "cdevents", "github", "gitlab", "json", "pagerduty"]
CREDENTIALS = ("x-hub-signature-256", "x-gitlab-token", "x-pagerduty-signature", "authorization")


def test_githubs_own_example() -> None:
    """The values that GitHub's documentation gives to test an implementation with."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"x-hub-signature-256": signature}
    assert is_github("It's a Secret to Everybody", headers, b"Hello, World!")
    assert not is_github("It's a Secret to Everybody", headers, b"Hello, World?")


@pytest.mark.parametrize("name", FORMATS)
def test_each_sender_is_known_by_its_own_scheme_only(name: str) -> None:
    source, request = source_of(name), request_of(name, {"a": 1}, event="ping")
    assert source.is_authentic(request, NOW)
    bare = {key: value for key, value in request.headers.items() if key not in CREDENTIALS}
    assert not source.is_authentic(Request(bare, request.body), NOW)
    for wrong in (
        "",
        "sha256=",
        "v1=",
        "Bearer",
        "Bearer nobody",
        "Basic !!",
        f"sha1={hex_of(request.body)}",
    ):
        broken = bare | {key: wrong for key in CREDENTIALS if key in request.headers}
        assert not source.is_authentic(Request(broken, request.body), NOW), wrong


@pytest.mark.parametrize("name", ["github", "pagerduty"])
def test_a_body_that_was_changed_on_the_way_is_not_taken(name: str) -> None:
    request = request_of(name, {"a": 1}, event="ping")
    assert not source_of(name).is_authentic(replace(request, body=request.body + b" "), NOW)


@pytest.mark.parametrize("name", ["alertmanager", "cdevents", "json"])
def test_a_configured_header_takes_the_place_of_the_secret_itself(name: str) -> None:
    source, request = source_of(name, signature_header="X-Signature"), request_of(name, {"a": 1})
    assert not source.is_authentic(request, NOW)
    for signature in (hex_of(request.body), f"sha256={hex_of(request.body).upper()}"):
        signed = Request({**request.headers, "x-signature": signature}, request.body)
        assert source.is_authentic(signed, NOW)
        assert not source.is_authentic(replace(signed, body=b"{}"), NOW)


def gitlab_signed(body: bytes, at: str, key: bytes) -> dict[str, str]:
    digest = hmac.new(key, b"msg-1." + at.encode() + b"." + body, hashlib.sha256).digest()
    signature = f"v1,bm9uZQ== v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": "msg-1", "webhook-timestamp": at, "webhook-signature": signature}


@pytest.mark.parametrize("secret", [SECRET, "whsec_" + base64.b64encode(b"0123456789abcdef").decode()])
def test_gitlabs_signature_counts_where_it_sends_one_and_is_not_taken_later(secret: str) -> None:
    key = b"0123456789abcdef" if secret.startswith("whsec_") else secret.encode()
    headers = gitlab_signed(b"{}", str(int(NOW.timestamp())), key)
    assert is_gitlab(secret, headers, b"{}", NOW)
    assert not is_gitlab(secret, headers, b"{ }", NOW)
    assert not is_gitlab(secret, headers, b"{}", NOW + timedelta(minutes=6))
    forged = {**headers, "webhook-signature": "v1,bm9uZQ==", "x-gitlab-token": secret}
    assert not is_gitlab(secret, forged, b"{}", NOW)


def test_the_secret_is_in_no_print() -> None:
    source = source_of("json")
    assert SECRET not in repr(source) + repr(vars(source)) + str(source.config)
