"""Telling others how runs fare: sent beside the work, which never waits for it and never fails by it."""

import atexit
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from actions.config import Events
from actions.events import cdevents, log_event
from actions.runs import Run
from collectors.auth import Auth, BearerToken
from collectors.errors import CollectorError
from collectors.exchange import Request
from collectors.http import Client

_MOST_WAITING = 1000
_LAST_SECONDS = 5
_log = logging.getLogger(__name__)
Message = tuple[str, str, dict[str, Any]]


def announcer(events: Events) -> Callable[[Run], None]:
    """A function that tells the configured receivers of a run's stage; without any it does nothing."""
    if not (events.cdevents_url or events.otlp_url):
        return lambda run: None
    auth = BearerToken(events.token.get_secret_value) if events.token else None
    outbox = _Outbox(auth)

    def announce(run: Run) -> None:
        for event in cdevents(run) if events.cdevents_url else []:
            outbox.put((events.cdevents_url, "", event))
        if events.otlp_url:
            outbox.put((events.otlp_url, "v1/logs", log_event(run)))

    return announce


class _Outbox:
    """A thread that sends what was put in, in order; at the end of the process it gets a moment more."""

    def __init__(self, auth: Auth | None) -> None:
        self._auth = auth
        self._waiting: queue.Queue[Message | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._send_all, name="action-events", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def put(self, message: Message) -> None:
        try:
            self._waiting.put_nowait(message)
        except queue.Full:
            _log.warning("events=dropped receiver=%s", message[0].split("?")[0])

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join(_LAST_SECONDS)

    def _send_all(self) -> None:
        while (message := self._waiting.get()) is not None:
            url, path, body = message
            kind = "application/cloudevents+json" if not path else "application/json"
            try:
                client = Client("events", url, self._auth, headers={"Content-Type": kind}, attempts=2)
                client.ask(Request(f"{url.rstrip('/')}/{path}" if path else url, body=body))
                client.close()
            except CollectorError as error:
                _log.warning("events=lost reason=%s", error)
