"""The part of the configuration that alerts own: whom to tell, and from when on."""

from pydantic import Field

from service.sending.config import MailAddress, WebhookUrl
from warehouse.config import Section


class Alerts(Section):
    """Who is told, once, that a source fails, is stale or has shrunk by half, and that it is well again.

    The same goes for a digest that could not be sent.
    """

    webhook_url: WebhookUrl | None = Field(
        default=None, description='Address that gets {"text": …}, as Slack and Mattermost take it.'
    )
    email_to: tuple[MailAddress, ...] = Field(
        default=(), description="Addresses that are told; needs `mail`."
    )
    after_failures: int = Field(
        default=2, ge=1, description="A source fails when so many runs in a row have failed."
    )
    stale_after_hours: float | None = Field(
        default=None,
        gt=0,
        description="A source is stale when it was not read for so long; empty: as `freshness` says.",
    )

    @property
    def has_somebody(self) -> bool:
        """Whether anybody is told at all."""
        return self.webhook_url is not None or bool(self.email_to)
