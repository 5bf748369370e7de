"""A digest on its way to a channel: by webhook or by mail."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from dashboards.digest.html import html_page
from dashboards.digest.plain import plain_text
from dashboards.digest.slack import slack_message
from service.configuration.config import Settings
from service.digests.config import DigestChannel
from service.digests.making import Made
from service.sending.errors import PassingError
from service.sending.mail import Letter, send_mail
from service.sending.webhook import post

Delivery = Callable[[], str]
"""Sends what was put together, and gives what is worth noting although it went well.

Raises
------
service.sending.errors.SendingError : it did not go, or nobody knows whether it did.
"""


def prepared(settings: Settings, channel: DigestChannel, made: Made, now: datetime) -> Delivery:
    """A digest put together for a channel, ready to go."""
    if channel.webhook_url is not None:
        message = slack_message(made.digest(channel, is_mail=False))
        url = channel.webhook_url.get_secret_value()
        return partial(_posted, f"digest channel {channel.name}", url, message)
    return partial(_mailed, settings, channel, letter_of(settings, channel, made, now))


def _posted(name: str, url: str, message: Mapping[str, Any]) -> str:
    post(name, url, message)
    return ""


def patiently(sleep: Callable[[float], None], attempts: int = 3) -> Callable[..., Delivery]:
    """Like `prepared`; what may pass is tried again at once, a little later each time or as asked."""

    def prepare(settings: Settings, channel: DigestChannel, made: Made, now: datetime) -> Delivery:
        delivery = prepared(settings, channel, made, now)
        return partial(_retried, delivery, sleep, attempts)

    return prepare


def _retried(delivery: Delivery, sleep: Callable[[float], None], attempts: int) -> str:
    for attempt in range(attempts):
        try:
            return delivery()
        except PassingError as error:
            if attempt == attempts - 1:
                raise
            sleep(max(error.after_seconds, 2.0 * 2**attempt))
    raise AssertionError("unreachable")


def _mailed(settings: Settings, channel: DigestChannel, letter: Letter) -> str:
    n_refused = send_mail(settings.mail, letter, channel.email_to)
    n = len(channel.email_to)
    return f"{n_refused} of {n} recipients were refused by the mail server" if n_refused else ""


def letter_of(settings: Settings, channel: DigestChannel, made: Made, now: datetime) -> Letter:
    """The mail. The same digest has the same Message-ID, so that a second copy is known as one."""
    digest, period = made.digest(channel, is_mail=True), made.period
    text = f"{settings.organisation.name}/{channel.name}/{period.cadence}/{period.name}"
    return Letter(
        subject=digest.subject,
        text=plain_text(digest),
        at=now,
        html=html_page(digest),
        attachments=made.report.files,
        list_id=f"payoff-{period.cadence}-{channel.name}",
        message_id=f"payoff.{period.name}.{hashlib.sha256(text.encode()).hexdigest()[:24]}",
    )
