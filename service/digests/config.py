"""The part of the configuration that digests own: who gets them, when, and where their links lead."""

from pydantic import Field, field_validator, model_validator

from dashboards.digest.period import Cadence
from service.configuration.schedule import cron
from service.sending.config import MailAddress, WebhookUrl
from warehouse.config import Section


class DigestChannel(Section):
    """Somebody who gets digests: a room by its webhook, or people by mail."""

    name: str = Field(
        pattern="^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="Name of the channel, for `--to` and in messages: letters, digits, `_`, `.` and `-`.",
    )
    webhook_url: WebhookUrl | None = Field(
        default=None,
        description="Slack-compatible incoming webhook; it carries no file, so the report is not attached.",
    )
    email_to: tuple[MailAddress, ...] = Field(
        default=(), description="Addresses that get mail; needs `mail`."
    )
    weekly: bool = Field(default=True, description="Whether it gets the weekly digest.")
    quarterly: bool = Field(default=True, description="Whether it gets the quarterly digest.")
    teams: tuple[str, ...] = Field(
        default=(),
        description="Teams, by id, whose figures it is about; money stays that of the organisation. "
        "Empty: every team.",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "DigestChannel":
        if (self.webhook_url is None) == (not self.email_to):
            raise ValueError("should have either `webhook_url` or `email_to`; make two channels for both")
        return self

    def gets(self, cadence: Cadence) -> bool:
        """Whether it gets this kind of digest."""
        return self.weekly if cadence == "weekly" else self.quarterly


class Digests(Section):
    """The weekly and the quarterly digest that `payoff serve` sends, once to each channel."""

    public_url: str | None = Field(
        default=None,
        description="Where people open the pages, such as https://payoff.example.com; digests link there. "
        "Empty: that of `login.oidc`, else no links.",
    )
    weekly_schedule: str | None = Field(
        default=None,
        description="When the last week is told, as a crontab line in UTC, weekdays by name: its first time "
        "after the week. Empty: Monday at 07:00 of the reporting zone.",
    )
    quarterly_schedule: str | None = Field(
        default=None,
        description="The same for the quarter. Empty: a week after its end, at 07:00 of the reporting zone, "
        "so that its report can be frozen before.",
    )
    channels: tuple[DigestChannel, ...] = Field(default=(), description="Who gets digests.")

    @field_validator("public_url")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("should be an address that begins with https://")
        return url

    @field_validator("weekly_schedule", "quarterly_schedule")
    @classmethod
    def _is_cron(cls, schedule: str | None) -> str | None:
        if schedule is not None:
            cron(schedule)
        return schedule

    @field_validator("channels")
    @classmethod
    def _tell_apart(cls, channels: tuple[DigestChannel, ...]) -> tuple[DigestChannel, ...]:
        if len({channel.name for channel in channels}) < len(channels):
            raise ValueError("has two channels with one name; each has a name of its own")
        return channels

    def schedule(self, cadence: Cadence) -> str | None:
        """The crontab line of a kind of digest, where one is written."""
        return self.weekly_schedule if cadence == "weekly" else self.quarterly_schedule
