"""What is sent arrives as meant, or the error says whether trying again helps. Nothing secret is said."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from service.sending.errors import PassingError, SendingError, UnclearError
from service.sending.mail import Letter, send_mail
from service.sending.webhook import post
from tests.service.ports import free_port
from tests.service.receiving import SECRET_PATH, Mailbox, Receiver

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
LETTER = Letter(
    "Wöchentlich\r\nBcc: x@example.com",
    "Zahlen – und mehr\n",
    AT,
    html=f"<p>{'long line ' * 200}– &lt;b&gt;</p>",
    attachments={"report.html": "<h1>Größe</h1>".encode(), "lines.csv": b"a,b\n1,2\n"},
    list_id="payoff-weekly",
    message_id="weekly.2026-W09.abc",
)


def test_letter_is_read_back_with_text_html_and_files(mailbox: Mailbox) -> None:
    assert send_mail(mailbox.mail, LETTER, ["Ann <a@example.com>"]) == 0
    (message,) = mailbox.messages
    assert mailbox.envelopes[0].rcpt_tos == ["a@example.com"]
    # A line break in a name would begin another header; it becomes a space.
    assert message["Subject"] == "Wöchentlich Bcc: x@example.com"
    assert message["Bcc"] is None
    assert message["Message-ID"] == "<weekly.2026-W09.abc@example.com>"
    assert message["Date"] == "Mon, 02 Mar 2026 07:00:00 +0000"
    assert message["List-Id"] == "<payoff-weekly.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Zahlen – und mehr"]
    assert html.get_content().rstrip() == LETTER.html
    files = {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}
    assert files == LETTER.attachments
    assert max(map(len, mailbox.envelopes[0].content.splitlines())) <= 998  # RFC 5322


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("451 later", PassingError), ("554 never", SendingError), ("hang up", UnclearError)],
)
def test_answer_of_the_mail_server_says_whether_to_try_again(
    mailbox: Mailbox, answer: str, kind: type[SendingError]
) -> None:
    mailbox.answer = answer
    with pytest.raises(SendingError) as caught:
        send_mail(mailbox.mail, LETTER, ["a@example.com"])
    assert type(caught.value) is kind
    assert "a@example.com" not in str(caught.value)


def test_refused_recipient_does_not_keep_the_mail_from_the_others(mailbox: Mailbox) -> None:
    mailbox.refused = {"gone@example.com": "550 unknown"}
    assert send_mail(mailbox.mail, LETTER, ["gone@example.com", "a@example.com"]) == 1
    assert mailbox.envelopes[0].rcpt_tos == ["a@example.com"]
    with pytest.raises(SendingError, match="550"):
        send_mail(mailbox.mail, LETTER, ["gone@example.com"])
    assert len(mailbox.envelopes) == 1


def test_mail_server_that_is_away_may_come_back(mailbox: Mailbox) -> None:
    with pytest.raises(PassingError, match="took no mail"):
        send_mail(mailbox.mail.model_copy(update={"port": free_port()}), LETTER, ["a@example.com"])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, PassingError),
        (503, PassingError),
        (502, UnclearError),
        (504, UnclearError),
        (404, SendingError),
        (302, SendingError),
        (0, UnclearError),
    ],
)
def test_answer_of_a_webhook_says_whether_to_try_again(
    receiver: Callable[..., Receiver], status: int, kind: type[SendingError]
) -> None:
    webhook = receiver(status, Retry_After="7", Location="http://127.0.0.1:9/login")
    with pytest.raises(SendingError) as caught:
        post("the room", webhook.url, {"text": "x"})
    assert type(caught.value) is kind
    assert SECRET_PATH not in str(caught.value)
    if isinstance(caught.value, PassingError):
        assert caught.value.after_seconds == 7


@pytest.mark.parametrize("answer", [b"garbage\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
def test_webhook_that_answers_something_else_may_have_taken_it(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answering, args=(server, answer), daemon=True).start()
        with pytest.raises(UnclearError, match="the room gave no answer"):
            post("the room", f"http://127.0.0.1:{server.getsockname()[1]}/", {"text": "x"})


def test_webhook_that_took_it_may_break_off_what_it_says_after() -> None:
    broken = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=answering, args=(server, broken), daemon=True).start()
        post("the room", f"http://127.0.0.1:{server.getsockname()[1]}/", {"text": "x"})


def answering(server: socket.socket, answer: bytes) -> None:
    with server.accept()[0] as connection:
        connection.recv(65536)
        connection.sendall(answer)


def test_webhook_that_is_away_may_come_back() -> None:
    with pytest.raises(PassingError, match="the room cannot be reached"):
        post("the room", f"http://127.0.0.1:{free_port()}{SECRET_PATH}", {"text": "x"})
