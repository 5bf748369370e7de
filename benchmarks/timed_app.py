"""`python -m benchmarks.timed_app CONFIG PORT LOG`: the served application, each run of its script timed.

One line of JSON per run: seconds of the script, of these the seconds in DuckDB and in how many queries, and
the processor time of the process meanwhile. The hooks sit around `Snapshot.sql` and around Streamlit's own
runner, in this process alone.
"""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from service.configuration.config import load_config
from service.serving.app import serve_dashboard
from warehouse.snapshot import Snapshot

_spent = threading.local()
_ask, _run = Snapshot.sql, ScriptRunner._run_script


def _timed_query(snapshot: Snapshot, *asked: Any) -> Any:
    start = time.perf_counter()
    try:
        return _ask(snapshot, *asked)
    finally:
        _spent.seconds = getattr(_spent, "seconds", 0.0) + time.perf_counter() - start
        _spent.queries = getattr(_spent, "queries", 0) + 1


def main() -> None:
    config, port, log = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])

    def timed_run(runner: ScriptRunner, *given: Any) -> None:
        _spent.seconds, _spent.queries = 0.0, 0
        start, busy = time.perf_counter(), time.process_time()
        _run(runner, *given)
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
        run = {"script": seconds, "sql": _spent.seconds, "queries": _spent.queries, "cpu": cpu}
        with log.open("a") as lines:
            lines.write(json.dumps(run) + "\n")

    Snapshot.sql = _timed_query  # type: ignore[method-assign]
    ScriptRunner._run_script = timed_run  # type: ignore[method-assign]
    serve_dashboard(load_config(config), host="127.0.0.1", port=port, narration=Console(stderr=True))


if __name__ == "__main__":
    main()
