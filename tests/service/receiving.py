"""Real servers on this machine that take what is sent: a webhook, and a mail server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from service.sending.config import Mail
from tests.service.ports import free_port

SECRET_PATH = "/seeded-secret-path"  # noqa: S105  (no secret: the words that must not appear)


class Receiver:
    """A webhook that keeps what is posted, and answers each with the next status; the last one stays."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        received: list[dict[str, Any]] = []
        self.received, left = received, list(statuses)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status = left.pop(0) if len(left) > 1 else left[0]
                if status == 0:
                    return  # hangs up without an answer
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}{SECRET_PATH}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Mailbox:
    """What a mail server was given. It answers recipients in ``refused`` and letters as it is told."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail
        self.envelopes: list[Any] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer == "hang up":
            server.transport.close()
        elif self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    @property
    def messages(self) -> list[EmailMessage]:
        """The letters, parsed as a mail client does."""
        found = [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.envelopes]
        return [message for message in found if isinstance(message, EmailMessage)]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server that is running, and its mailbox."""
    port = free_port()
    mailbox = Mailbox(Mail(host="127.0.0.1", port=port, security="none", sender="payoff@example.com"))
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield mailbox
    controller.stop()
