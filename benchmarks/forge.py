"""`python -m benchmarks.forge`: a first and a second collection from a fake GitHub that takes its time.

20 repositories with 1,000 workflow runs and 500 pull requests each, 100 to a page, 50 ms to an answer. The
ideal is pages × latency ÷ concurrency: nobody can be faster without asking for less.
"""

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from collectors.base import Context, pseudonymiser
from collectors.github.config import Config
from collectors.github.source import build
from service.running.collection import collect_source
from service.running.narration import Silence
from warehouse.engine import Warehouse

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REPOSITORIES, RUNS, PULLS, PAGE, LATENCY_SECONDS = 20, 1_000, 500, 100, 0.05


def stamp(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def runs(name: str) -> list[dict[str, Any]]:
    """The runs of a repository, newest first, one every eight hours."""
    return [
        {
            **{
                "id": RUNS - k,
                "name": "CI",
                "path": "ci.yml",
                "status": "completed",
                "conclusion": "success",
            },
            **{
                "event": "push",
                "head_sha": f"{k:040x}",
                "run_attempt": 1,
                "html_url": f"https://g/{name}/{k}",
            },
            **{"created_at": stamp(8 * k + 30), "updated_at": stamp(8 * k + 29.9)},
        }
        for k in range(RUNS)
    ]


@cache
def pulls(name: str) -> list[dict[str, Any]]:
    """The pull requests of a repository, latest edit first, with a commit and a review each."""
    empty: dict[str, Any] = {"pageInfo": {"hasNextPage": False}}
    return [
        {
            **{"number": PULLS - k, "url": f"https://g/{name}/{k}", "isDraft": False},
            **{"createdAt": stamp(16 * k + 40), "updatedAt": stamp(16 * k + 30)},
            **{"mergedAt": stamp(16 * k + 30), "closedAt": stamp(16 * k + 30)},
            "mergeCommit": {"oid": f"{k:040x}"},
            "author": {"__typename": "User", "login": f"person-{k % 40}"},
            "commits": {**empty, "nodes": [{"commit": {"authoredDate": stamp(16 * k + 50)}}]},
            "reviews": {
                **empty,
                "nodes": [{"submittedAt": stamp(16 * k + 35), "author": {"login": "other"}}],
            },
            "timelineItems": {"nodes": []},
        }
        for k in range(PULLS)
    ]


class Forge(BaseHTTPRequestHandler):
    """Answers the few requests that a collection makes; ``seen`` counts them."""

    protocol_version = "HTTP/1.1"
    seen = 0
    lock = threading.Lock()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/orgs/acme/repos":
            names = [f"acme/service-{k:02d}" for k in range(REPOSITORIES)]
            self._send([{"full_name": name, "archived": False, "pushed_at": stamp(30)} for name in names])
            return
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        name = parts.path.removeprefix("/repos/").removesuffix("/actions/runs")
        found = runs(name)[(page - 1) * PAGE : page * PAGE]
        host = self.headers["Host"]
        following = f'<http://{host}{parts.path}?per_page={PAGE}&page={page + 1}>; rel="next"'
        self._send({"workflow_runs": found}, {"Link": following} if page * PAGE < RUNS else {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        variables = asked["variables"]
        name = f"{variables['owner']}/{variables['name']}"
        kind = "pullRequests" if "pullRequests" in asked["query"] else "deployments"
        items, start = (pulls(name) if kind == "pullRequests" else []), int(variables.get("after") or 0)
        end = start + int(variables["first"])
        info = {"hasNextPage": end < len(items), "endCursor": str(end)}
        self._send({"data": {"repository": {kind: {"pageInfo": info, "nodes": items[start:end]}}}})

    def _send(self, body: Any, headers: dict[str, str] | None = None) -> None:
        with self.lock:
            Forge.seen += 1
        time.sleep(LATENCY_SECONDS)
        content = json.dumps(body).encode()
        self.send_response(200)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: only figures are printed."""


@contextmanager
def forge() -> Iterator[str]:
    """The address of the fake GitHub, with everything it will say made beforehand."""
    for k in range(REPOSITORIES):
        runs(f"acme/service-{k:02d}")
        pulls(f"acme/service-{k:02d}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Forge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def collected(warehouse: Warehouse, url: str, concurrency: int, now: datetime) -> tuple[float, int, int]:
    """Seconds, requests and rows of one collection."""
    config = Config.model_validate({"url": url, "token": "t", "org": "acme", "concurrency": concurrency})
    context = Context(now, warehouse.directory / "cache", pseudonymiser(b"a key"), lambda name: True)
    before, started = Forge.seen, time.perf_counter()
    outcomes = list(collect_source(warehouse, build("forge", config, context), Silence(), threading.Event()))
    assert not [outcome.error for outcome in outcomes if outcome.error]
    seconds = time.perf_counter() - started
    return seconds, Forge.seen - before, sum(outcome.inserted for outcome in outcomes)


def main() -> None:
    pages = REPOSITORIES * (RUNS + PULLS) // PAGE
    with forge() as url:
        for concurrency in (1, 4, 8):
            with tempfile.TemporaryDirectory() as folder, Warehouse.open(Path(folder)) as warehouse:
                ideal = pages * LATENCY_SECONDS / concurrency
                seconds, requests, rows = collected(warehouse, url, concurrency, NOW)
                print(
                    f"concurrency {concurrency}: first {rows:,} rows in {seconds:.1f} s, "
                    f"{rows / seconds:,.0f} items/s (ideal {ideal:.1f} s, {rows / ideal:,.0f} items/s), "
                    f"{requests} requests for {pages} pages"
                )
                seconds, requests, rows = collected(warehouse, url, concurrency, NOW + timedelta(days=1))
                print(
                    f"  second {rows} rows in {seconds:.1f} s, {requests} requests for "
                    f"{3 * REPOSITORIES} lists and discovery"
                )


if __name__ == "__main__":
    main()
