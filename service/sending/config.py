"""The part of the configuration that sending owns: the mail server."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from warehouse.config import Section


def _mail_address(address: str) -> str:
    """The address, as one line with an @.

    Raises
    ------
    ValueError : it is none.
    """
    if "@" not in address or any(not sign.isprintable() for sign in address):
        raise ValueError("should be a mail address, such as payoff@example.com")
    return address


def _web_address(url: SecretStr) -> SecretStr:
    """The address of a webhook.

    Raises
    ------
    ValueError : it begins with neither https:// nor http://.
    """
    if not url.get_secret_value().startswith(("https://", "http://")):
        raise ValueError("should be an address that begins with https://")
    return url


MailAddress = Annotated[str, AfterValidator(_mail_address)]
WebhookUrl = Annotated[SecretStr, AfterValidator(_web_address)]


class Mail(Section):
    """The mail server that alerts and digests go through."""

    host: str | None = Field(default=None, description="Name of the mail server; empty: no mail.")
    port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted; `none` only on this machine."
    )
    sender: MailAddress = Field(default="payoff@localhost", description="Address that mail comes from.")
    user: str | None = Field(default=None, description="Name to log in with; empty: no login.")
    password: SecretStr | None = Field(default=None, description="Password of `user`.")

    @model_validator(mode="after")
    def _no_password_in_clear(self) -> "Mail":
        if self.security == "none" and self.password is not None:
            raise ValueError("would send the password unencrypted; use starttls or tls")
        return self
