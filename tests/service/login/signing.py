"""A provider that signs in this process: its keys, and tokens that hold or do not."""

import json
import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER, AUDIENCE = "https://login.example.com/realms/acme", "payoff-api"


class Signer:
    """Signs with a key of its own."""

    def __init__(self, name: str = "k1", algorithm: str = "RS256") -> None:
        self.name, self.algorithm = name, algorithm
        self.private: Any = (
            rsa.generate_private_key(public_exponent=65537, key_size=2048)
            if algorithm.startswith("RS")
            else ec.generate_private_key(ec.SECP256R1())
        )

    @property
    def public(self) -> dict[str, Any]:
        """The key as the provider publishes it."""
        kind = jwt.algorithms.RSAAlgorithm if self.algorithm.startswith("RS") else jwt.algorithms.ECAlgorithm
        found = json.loads(kind.to_jwk(self.private.public_key()))
        return {**found, "kid": self.name, "use": "sig", "alg": self.algorithm}

    def token(self, claims: Mapping[str, Any] | None = None, **head: Any) -> str:
        """An access token; a claim of ``None`` is left out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "8f2c", "iat": now, "exp": now + 300}
        whole = {**usual, "groups": ["leads"], **(claims or {})}
        held = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(held, self.private, self.algorithm, {"kid": self.name, "typ": "at+jwt", **head})


def key_set(*signers: Signer) -> dict[str, Any]:
    """The key set of a provider."""
    return {"keys": [signer.public for signer in signers]}
