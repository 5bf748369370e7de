"""Which access tokens of the provider count for the API, and what their holders may ask."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import jwt
import pytest

from service.api.application import build_api
from service.api.config import ApiToken
from service.api.served import Served
from service.api.tokens import Tokens
from service.login.access_tokens import AccessTokens, TokenError
from service.login.config import Login
from service.login.metadata import ProviderError
from tests.service.api.http import serving
from tests.service.folders import configured
from tests.service.login.signing import AUDIENCE, ISSUER, Signer, key_set
from tests.service.login.test_gate import OIDC, ROLES

SIGNER, CURVE, STRANGER = Signer(), Signer("k2", "ES256"), Signer()


def now() -> int:
    """Seconds since 1970, as claims count them."""
    return int(time.time())


class Provider:
    """Gives its keys, counts how often it is asked, and can be away."""

    def __init__(self, *signers: Signer) -> None:
        self.keys, self.n_asked, self.is_away = key_set(*signers), 0, False

    def __call__(self, oidc: Any) -> Mapping[str, Any]:
        self.n_asked += 1
        if self.is_away:
            raise ProviderError("login.oidc: no whole answer")
        return self.keys


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tokens_of(provider: Provider, clock: Clock | None = None, **own: Any) -> AccessTokens:
    login = {"kind": "oidc", "roles": ROLES, "oidc": {**OIDC, "api_audience": AUDIENCE, **own}}
    return AccessTokens(Login.model_validate(login), fetch=provider, clock=clock or Clock())


@pytest.mark.parametrize("signer", [SIGNER, CURVE])
@pytest.mark.parametrize(
    ("groups", "role"), [(["leads"], "viewer"), (["admins"], "admin"), (["others"], None), (None, None)]
)
def test_a_signed_token_says_who_and_in_which_role(signer: Signer, groups: Any, role: str | None) -> None:
    holder = tokens_of(Provider(SIGNER, CURVE)).holder(signer.token({"groups": groups}))
    assert holder is not None
    assert (holder.person, holder.role) == ("sub:8f2c", role)
    assert "8f2c" not in repr(holder)


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        (lambda: SIGNER.token({"exp": now() - 31}), "is over"),
        (lambda: SIGNER.token({"exp": None}), "claims does not hold"),
        (lambda: SIGNER.token({"sub": None}), "claims does not hold"),
        (lambda: SIGNER.token({"nbf": now() + 900}), "claims does not hold"),
        (lambda: SIGNER.token({"aud": "another-api"}), "another audience"),
        (lambda: SIGNER.token({"aud": None}), "claims does not hold"),
        (lambda: SIGNER.token({"iss": "https://login.example.com/realms/other"}), "not of the provider"),
        (lambda: SIGNER.token({"iss": None}), "not of the provider"),
        (lambda: SIGNER.token(kid="k9"), "key that the provider does not have"),
        (STRANGER.token, "signature"),
        (lambda: SIGNER.token(kid="k2"), "signature"),
        (lambda: SIGNER.token({"nonce": "n"}), "ID token"),
        (lambda: SIGNER.token({"at_hash": "h"}), "ID token"),
        (lambda: SIGNER.token()[:-4] + "AAAA", "signature"),
        (lambda: "a.b.c", "signature"),
        (lambda: "...", None),
    ],
    ids=count(),  # a signature is another one each time
)
def test_what_is_forged_over_or_meant_for_others_does_not_count(
    signed: Callable[[], str], said: str | None
) -> None:
    token = signed()  # here and now: a token signed while tests are collected may be over by its turn
    tokens = tokens_of(Provider(SIGNER, CURVE))
    if said is None:
        assert tokens.holder(token) is None
        return
    with pytest.raises(TokenError, match=said) as caught:
        tokens.holder(token)
    assert token not in str(caught.value)


def test_neither_no_signature_nor_the_public_key_as_a_secret_counts() -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "8f2c", "exp": now() + 300, "groups": ["admins"]}
    none = jwt.encode(claims, "", "none", {"kid": "k1"})
    # PyJWT refuses to sign so itself, so the bytes are put together by hand.
    shared = jwt.api_jws.PyJWS().encode(b"{}", "x" * 64, "HS256", {"kid": "k1"})
    head, _, signature = shared.split(".")
    mixed = ".".join([head, none.split(".")[1], signature])
    for token in (none, mixed):
        with pytest.raises(TokenError, match="signature"):
            tokens_of(Provider(SIGNER)).holder(token)


def test_a_key_set_of_secrets_or_of_encryption_keys_is_none() -> None:
    provider, shared = Provider(SIGNER), {"kty": "oct", "k": "c2VjcmV0", "kid": "k1", "alg": "HS256"}
    provider.keys = {"keys": [shared, {**SIGNER.public, "use": "enc"}, {}]}
    with pytest.raises(ProviderError, match="no key for signatures"):
        tokens_of(provider).holder(SIGNER.token())


def test_without_an_audience_or_a_provider_no_token_of_theirs_is_taken() -> None:
    assert tokens_of(Provider(SIGNER), api_audience=None).holder(SIGNER.token()) is None
    assert AccessTokens(Login(), fetch=Provider(SIGNER)).holder(SIGNER.token()) is None


def test_a_new_key_is_found_and_invented_ones_do_not_ask_the_provider_each_time() -> None:
    provider, clock = Provider(SIGNER), Clock()
    tokens = tokens_of(provider, clock)
    assert tokens.holder(SIGNER.token())
    for number in range(20):
        with pytest.raises(TokenError):
            tokens.holder(SIGNER.token(kid=f"invented-{number}"))
    assert provider.n_asked == 1
    provider.keys = key_set(CURVE)
    clock.now = 61
    assert tokens.holder(CURVE.token())
    assert provider.n_asked == 2
    with pytest.raises(TokenError):
        tokens.holder(SIGNER.token())


def test_a_provider_that_is_away_is_asked_once_a_minute_and_known_keys_serve_on() -> None:
    provider, clock = Provider(SIGNER), Clock()
    provider.is_away = True
    tokens = tokens_of(provider, clock)
    for _ in range(5):
        with pytest.raises(ProviderError):
            tokens.holder(SIGNER.token())
    assert provider.n_asked == 1
    clock.now, provider.is_away = 61, False
    assert tokens.holder(SIGNER.token())
    clock.now, provider.is_away = 4000, True
    assert tokens.holder(SIGNER.token())


def test_a_role_gives_the_scopes_and_tokens_of_the_configuration_come_first() -> None:
    known = ApiToken.model_validate({"name": "ci", "token": "token-of-the-pipeline", "scopes": ["deploy"]})
    tokens = Tokens([known], tokens_of(Provider(SIGNER)))
    scopes = {
        role: caller.scopes if (caller := tokens.caller(SIGNER.token({"groups": [group]}))) else None
        for role, group in {"viewer": "leads", "platform": "platform", "none": "others"}.items()
    }
    assert scopes == {"viewer": {"read", "metrics"}, "platform": {"read", "metrics", "deploy"}, "none": set()}
    caller = tokens.caller("token-of-the-pipeline")
    assert caller is not None
    assert caller.scopes == {"deploy"}


def test_the_api_says_what_is_wrong_and_what_is_lacking(tmp_path: Path) -> None:
    served = Served(configured(tmp_path, ""))
    object.__setattr__(served, "tokens", Tokens((), tokens_of(Provider(SIGNER))))
    with serving(build_api(served)) as client:

        def status(path: str, token: str) -> tuple[int, str]:
            answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
            problem = answer.json() if answer.status_code > 399 else {}
            return answer.status_code, str(problem.get("detail", ""))

        assert status("/v1/metrics", SIGNER.token()) == (200, "")
        assert status("/v1/metrics", SIGNER.token({"exp": 1}))[0] == 401
        assert "is over" in status("/v1/metrics", SIGNER.token({"exp": 1}))[1]
        lacking = status("/v1/actions/runs/any", SIGNER.token())
        assert lacking == (403, "The token of a login with the role viewer lacks the scope deploy.")
        nobody = status("/v1/metrics", SIGNER.token({"groups": []}))
        assert nobody == (403, "The token of a login without a role lacks the scope read.")
        object.__setattr__(served, "tokens", Tokens((), tokens_of(Provider())))
        assert status("/v1/metrics", SIGNER.token())[0] == 503
