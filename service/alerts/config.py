"""The part of the configuration that alerts own: whom to tell, and from when on."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from warehouse.config import Section


class Email(Section):
    """A mail server, and who gets the mail."""

    to: tuple[str, ...] = Field(min_length=1, description="Addresses that are told.")
    sender: str = Field(default="payoff@localhost", description="Address that the mail comes from.")
    host: str = Field(description="Name of the mail server.")
    port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted; `none` only on this machine."
    )
    user: str | None = Field(default=None, description="Name to log in with; empty: no login.")
    password: SecretStr | None = Field(default=None, description="Password of `user`.")

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> "Email":
        if self.security == "none" and self.password is not None:
            raise ValueError("would send the password unencrypted; use starttls or tls")
        return self


class Alerts(Section):
    """Who is told, once, that a source fails, is stale or has shrunk by half, and that it is well again."""

    webhook_url: SecretStr | None = Field(
        default=None, description='Address that gets {"text": …}, as Slack and Mattermost take it.'
    )
    email: Email | None = Field(default=None, description="A mail server; empty: no mail.")
    after_failures: int = Field(
        default=2, ge=1, description="A source fails when so many runs in a row have failed."
    )
    stale_after_hours: float | None = Field(
        default=None,
        gt=0,
        description="A source is stale when it was not read for so long; empty: as `freshness` says.",
    )

    @field_validator("webhook_url")
    @classmethod
    def _is_http(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("https://", "http://")):
            raise ValueError("should be an address that begins with https://")
        return url

    @property
    def has_somebody(self) -> bool:
        """Whether anybody is told at all."""
        return self.webhook_url is not None or self.email is not None
