"""A recorded service on loopback: it answers real HTTP requests from the bodies of one data set."""

import importlib.util
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).parents[2] / ".." / "shared" / "recordings"


class RecordedService:
    """The answers of a data set at an address of this machine; ``unanswered`` lists what nobody recorded."""

    def __init__(self, dataset: str) -> None:
        self.replay: Any = _replay_module().Replay(str(ROOT / dataset))
        self.recorded_at: str = self.replay.base_url
        self.base_url = ""
        self.unanswered: list[str] = []
        self.united: dict[str, Any] = {}
        self.lock = threading.Lock()

    def unite(self, path: str, items: str, recorded: Sequence[str], also: Sequence[Any] = ()) -> None:
        """Answer requests for a list with all that was recorded of it under filters, or one by one.

        ``recorded`` are the paths of those answers, ``also`` items that stand in for what nobody recorded.
        The last recorded state of an item counts.
        """
        found = {str(item["id"]): item for item in also}
        for entry in self.replay.rows:
            if entry["path"] in recorded and entry["method"] == "GET" and entry["status"] == 200:
                body = json.loads(self.replay.body(entry))
                part = body if isinstance(body, list) else body.get(items, [body])
                found |= {str(item["id"]): item for item in part}
        newest = sorted(found.values(), key=lambda item: str(item["created_at"]), reverse=True)
        self.united[path] = {items: newest} if items else newest

    def answer(self, method: str, target: str, body: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body, with links that lead back here."""
        parts = urlsplit(target)
        if parts.path in self.united:
            return 200, {}, self._here(json.dumps(self.united[parts.path])).encode()
        with self.lock:
            found = self.replay.find(method, parts.path, dict(parse_qsl(parts.query)), body)
            if not found:
                self.unanswered.append(f"{method} {target}")
                return 404, {}, json.dumps({"message": "no recorded response"}).encode()
        filled = {
            name: self._here(self.replay.fill(value))
            for name, value in found["headers"].items()
            if name != "link_as_recorded" and name.lower() not in _OF_THE_TRANSPORT
        }
        return found["status"], filled, self._here(self.replay.body(found).decode()).encode()

    def _here(self, text: str) -> str:
        return text.replace(self.recorded_at, self.base_url)

    def as_recorded(self, value: Any) -> Any:
        """A value with this address replaced by that of the recorded service."""
        return value.replace(self.base_url, self.recorded_at) if isinstance(value, str) else value


_OF_THE_TRANSPORT = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection"})


@contextmanager
def recorded_service(dataset: str) -> Iterator[RecordedService]:
    """The service of a data set such as ``github/rest_hub4j_pagination``, for as long as the block lasts."""
    service = RecordedService(dataset)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, headers, body = service.answer(
                self.command, self.path, self.rfile.read(length).decode(errors="replace")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815 - names that the base class looks for

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests say what is wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    path = urlsplit(service.recorded_at).path.rstrip("/")
    service.base_url = f"http://127.0.0.1:{server.server_address[1]}{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _replay_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replay", ROOT / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
