"""The part of the configuration that the HTTP API owns: who may ask, and for what."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from warehouse.config import Section

Scope = Literal["read", "deploy", "metrics"]


class ApiToken(Section):
    """A bearer token: who holds it, and what it may do."""

    name: str = Field(min_length=1, description="Who holds it, in messages and the audit.")
    token: SecretStr = Field(
        min_length=16, description="The token, at least 16 characters, as ${VARIABLE} or ${file:PATH}."
    )
    teams: tuple[str, ...] = Field(default=(), description="Teams that it may deploy for; empty: every team.")
    scopes: tuple[Scope, ...] = Field(
        min_length=1,
        description="What it may do: `read` figures, `deploy` services, read operating `metrics`.",
    )


class Api(Section):
    """The HTTP API under /api of `payoff serve`."""

    tokens: tuple[ApiToken, ...] = Field(default=(), description="Who may ask. Without a token nobody may.")
    max_body_bytes: int = Field(
        default=5_000_000, ge=1, description="A longer request is refused (413) before it is read."
    )

    @field_validator("tokens")
    @classmethod
    def _tell_holders_apart(cls, tokens: tuple[ApiToken, ...]) -> tuple[ApiToken, ...]:
        if len({token.name for token in tokens}) < len(tokens):
            raise ValueError("has two tokens with one name; each holder has a name of its own")
        if len({token.token.get_secret_value() for token in tokens}) < len(tokens):
            raise ValueError("has one token under two names; each holder has a token of its own")
        return tokens
