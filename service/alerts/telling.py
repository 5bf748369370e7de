"""Telling everybody who is configured, by webhook and by mail."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dashboards.digest.slack import escaped
from service.configuration.config import Settings
from service.sending.errors import SendingError
from service.sending.mail import Letter, send_mail
from service.sending.webhook import post


class TellingError(Exception):
    """Nobody could be told; ``str()`` says by which way and why."""


def tell(settings: Settings, subject: str, lines: Sequence[str]) -> None:
    """Tell everybody who is configured; one way that fails does not stop the other.

    Raises
    ------
    TellingError : every way failed.
    """
    alerts, ways = settings.alerts, list[Callable[[], object]]()
    if alerts.webhook_url is not None:
        url = alerts.webhook_url.get_secret_value()
        text = "\n".join([f"*{escaped(subject)}*", *map(escaped, lines)])
        ways.append(lambda: post("alerts.webhook_url", url, {"text": text}))
    if alerts.email_to:
        letter = Letter(subject, "\n".join(lines) + "\n", datetime.now(UTC))
        ways.append(lambda: send_mail(settings.mail, letter, alerts.email_to))
    failures = [failure for way in ways if (failure := _failure(way)) is not None]
    if failures and len(failures) == len(ways):
        raise TellingError("; ".join(failures))


def _failure(way: Callable[[], object]) -> str | None:
    try:
        way()
    except SendingError as error:
        return str(error)
    return None
