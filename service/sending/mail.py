"""Mail: a message put together, and handed to the configured server."""

import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import PurePath

from service.sending.config import Mail
from service.sending.errors import PassingError, SendingError, UnclearError

_SECONDS = 10
_LONGEST_SUBJECT = 200
_TYPES = {".html": ("text", "html"), ".csv": ("text", "csv")}
_NO_HEADER = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. ``attachments`` are files by name; ``list_id`` names what recipients filter by."""

    subject: str
    text: str
    at: datetime
    html: str = ""
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    list_id: str = ""
    message_id: str = ""


def message_of(letter: Letter, mail: Mail, to: Sequence[str]) -> EmailMessage:
    """The message with its headers: text, where there is any HTML as the alternative, and the files."""
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(letter.subject)[:_LONGEST_SUBJECT]
    message["From"], message["To"] = mail.sender, ", ".join(to)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = (
        f"<{letter.message_id}@{domain}>" if letter.message_id else make_msgid(domain=domain)
    )
    # Neither an automatic answer nor a note of absence should come back.
    message["Auto-Submitted"] = "auto-generated"
    if letter.list_id:
        message["List-Id"] = f"<{_NO_HEADER.sub('', letter.list_id)}.{domain}>"
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for name, content in letter.attachments.items():
        main, sub = _TYPES.get(PurePath(name).suffix, ("application", "octet-stream"))
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def one_line(text: str) -> str:
    """Text without line breaks and unprintable signs, which would begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def send_mail(mail: Mail, letter: Letter, to: Sequence[str]) -> int:
    """Hand the letter to the server; how many of the recipients it refused, where it took some.

    Raises
    ------
    PassingError : the server cannot be reached, or asks to come again later.
    UnclearError : the letter was sent, and the server did not say that it took it.
    SendingError : the server refuses the login, the encryption, the sender or every recipient.
    """
    name = f"mail: {mail.host}:{mail.port}"
    content = message_of(letter, mail, to).as_bytes()
    try:
        with _connected(mail) as server:
            return _handed(
                server, name, parseaddr(mail.sender)[1], [parseaddr(one)[1] for one in to], content
            )
    except smtplib.SMTPResponseException as error:
        raise _refusal(name, error.smtp_code) from None
    except (ssl.SSLError, smtplib.SMTPNotSupportedError, ValueError) as error:
        raise SendingError(f"{name} took no mail ({type(error).__name__})") from None
    except (OSError, smtplib.SMTPException) as error:
        raise PassingError(f"{name} took no mail ({type(error).__name__})") from None


def _handed(server: smtplib.SMTP, name: str, sender: str, to: Sequence[str], content: bytes) -> int:
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(sender)
    if code != 250:
        raise _refusal(name, code)
    refused = [code for address in to if (code := server.rcpt(address)[0]) not in (250, 251)]
    if len(refused) == len(to):
        raise _refusal(name, refused[0])
    try:
        code, _ = server.data(content)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise UnclearError(f"{name} did not say whether it took the mail ({type(error).__name__})") from None
    if code != 250:
        raise _refusal(name, code)
    return len(refused)


def _refusal(name: str, code: int) -> SendingError:
    """A code of 4xx is for now, one of 5xx for good."""
    if 400 <= code < 500:
        return PassingError(f"{name} took no mail (answered {code})")
    return SendingError(f"{name} took no mail (answered {code}); check login, sender and recipients")


@contextmanager
def _connected(mail: Mail) -> Iterator[smtplib.SMTP]:
    """A session, encrypted and logged in as configured. How the server takes the goodbye does not matter."""
    host, context = mail.host or "", ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, mail.port, timeout=_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, mail.port, timeout=_SECONDS)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user is not None and mail.password is not None:
            server.login(mail.user, mail.password.get_secret_value())
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()
