"""The ways to tell: a webhook as Slack takes it, and mail. Neither puts a secret into a message."""

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from email.message import EmailMessage

from service.alerts.config import Alerts, Email

_SECONDS = 10


class TellingError(Exception):
    """Nobody could be told; ``str()`` says by which way and why."""


def tell(alerts: Alerts, subject: str, lines: Sequence[str]) -> None:
    """Tell everybody who is configured; one way that fails does not stop the other.

    Raises
    ------
    TellingError : every way failed.
    """
    ways: list[Callable[[], None]] = []
    if alerts.webhook_url is not None:
        url = alerts.webhook_url.get_secret_value()
        ways.append(lambda: _post(url, "\n".join([f"*{subject}*", *lines])))
    if alerts.email is not None:
        email = alerts.email
        ways.append(lambda: _mail(email, subject, "\n".join(lines)))
    failures = [failure for way in ways if (failure := _failure(way)) is not None]
    if failures and len(failures) == len(ways):
        raise TellingError("; ".join(failures))


def _failure(way: Callable[[], None]) -> str | None:
    try:
        way()
    except TellingError as error:
        return str(error)
    return None


def _post(url: str, text: str) -> None:
    """The address is a secret by itself, so no error says more than its kind."""
    request = urllib.request.Request(  # noqa: S310  the configuration takes http and https only
        url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            answer.read(1000)
    except urllib.error.HTTPError as error:
        raise TellingError(f"alerts.webhook_url answered {error.code}; check it") from None
    except (OSError, ValueError) as error:
        raise TellingError(f"alerts.webhook_url cannot be reached ({type(error).__name__})") from None


def _mail(email: Email, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, email.sender, ", ".join(email.to)
    message.set_content(text + "\n")
    try:
        with _connected(email) as server:
            if email.user is not None and email.password is not None:
                server.login(email.user, email.password.get_secret_value())
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        kind = type(error).__name__
        raise TellingError(f"alerts.email: {email.host}:{email.port} took no mail ({kind})") from None


def _connected(email: Email) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if email.security == "tls":
        return smtplib.SMTP_SSL(email.host, email.port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(email.host, email.port, timeout=_SECONDS)
    if email.security == "starttls":
        server.starttls(context=context)
    return server
