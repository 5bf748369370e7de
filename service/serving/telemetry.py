"""`GET /metrics`: how collecting goes, and the five delivery keys, as OpenMetrics for Prometheus.

What is said of runs and freshness comes from the published snapshot; money is not among it. A key without
an answer has no sample: a missing number is no zero.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.words.simulated import mark
from metrics.catalog import metric_named
from metrics.compute import compute
from service.api.served import Served
from service.api.tokens import allowed
from service.errors import NoDataError
from service.storage.snapshots import open_snapshot
from warehouse.publish import Snapshot
from warehouse.sources import SOURCE_RUNS

KEYS = (
    "change_lead_time",
    "deployment_frequency",
    "failed_deployment_recovery_time",
    "change_fail_rate",
    "deployment_rework_rate",
)
WINDOW = timedelta(days=28)
_RUNS = f"""
SELECT
    source, status, count(*) AS n, sum(n_requests) AS n_requests, sum(n_skipped) AS n_skipped,
    max(epoch(finished_at)) AS last_at
FROM ({SOURCE_RUNS})
WHERE status <> 'running'
GROUP BY ALL ORDER BY ALL
"""
_UNTIL = "SELECT source, resource, max(epoch(to_at)) AS until FROM coverage GROUP BY ALL ORDER BY ALL"
_SKIPPED = "SELECT source, count(*) AS n FROM skipped_items GROUP BY ALL ORDER BY ALL"


def metrics_route(served: Served) -> Route:
    """The route; it needs a token with the scope ``metrics``."""
    telemetry = Telemetry(served)

    def metrics(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        allowed(served.tokens, token if scheme.lower() == "bearer" else None, "metrics")
        registry = CollectorRegistry(auto_describe=False)
        registry.register(telemetry)
        text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)


class Telemetry(Collector):
    """The samples; those of a snapshot are worked out once."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._known: tuple[int, list[Metric]] = (0, [])

    def describe(self) -> list[Metric]:
        """Nothing beforehand: which sources there are is seen when it is asked for."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The spool as it is now, then what the newest snapshot says."""
        yield _gauge("payoff_spool_events", "Accepted events that are not stored yet.", self._depth)
        try:
            with open_snapshot(self._served.settings) as snapshot:
                if self._known[0] != snapshot.version:
                    self._known = (snapshot.version, list(_of_snapshot(snapshot)))
        except NoDataError:
            return
        yield from self._known[1]

    def _depth(self) -> float:
        return float(self._served.spool.depth())


def _gauge(name: str, text: str, value: Callable[[], float]) -> Metric:
    return GaugeMetricFamily(name, text, value=value())


def _of_snapshot(snapshot: Snapshot) -> Iterator[Metric]:
    yield _gauge("payoff_snapshot_version", "The published snapshot.", lambda: snapshot.version)
    published = datetime.fromisoformat(str(snapshot.settings["as_of"])).replace(tzinfo=UTC).timestamp()
    yield _gauge("payoff_snapshot_time_seconds", "Until when the snapshot speaks.", lambda: published)
    simulated = float(mark(snapshot.settings)["is_simulated"])
    yield _gauge("payoff_simulated", "1: figures of an invented organisation.", lambda: simulated)
    yield from _runs(snapshot)
    until = GaugeMetricFamily(
        "payoff_source_known_until_seconds",
        "Until when a source's resource is known in full.",
        labels=("source", "resource"),
    )
    for row in snapshot.sql(_UNTIL).to_pylist():
        until.add_metric((row["source"], row["resource"]), row["until"])
    yield until
    skipped = GaugeMetricFamily(
        "payoff_skipped_items", "Items that could not be read, as they stand now.", labels=("source",)
    )
    for row in snapshot.sql(_SKIPPED).to_pylist():
        skipped.add_metric((row["source"],), row["n"])
    yield skipped
    yield from _delivery(snapshot)


def _runs(snapshot: Snapshot) -> Iterator[Metric]:
    runs = CounterMetricFamily("payoff_runs", "Runs by source and outcome.", labels=("source", "status"))
    requests = CounterMetricFamily("payoff_requests", "Requests that were made.", labels=("source",))
    last = GaugeMetricFamily(
        "payoff_last_run_seconds", "When the last run with this outcome ended.", labels=("source", "status")
    )
    n_requests: dict[str, float] = {}
    for row in snapshot.sql(_RUNS).to_pylist():
        at = (row["source"], row["status"])
        runs.add_metric(at, row["n"])
        n_requests[row["source"]] = n_requests.get(row["source"], 0) + float(row["n_requests"] or 0)
        if row["last_at"] is not None:
            last.add_metric(at, row["last_at"])
    for source, number in n_requests.items():
        requests.add_metric((source,), number)
    yield from (runs, requests, last)


def _delivery(snapshot: Snapshot) -> Iterator[Metric]:
    """The five keys of all services together over the last four weeks that are known."""
    zone = ZoneInfo(str(snapshot.settings["reporting_zone"]))
    as_of = datetime.fromisoformat(str(snapshot.settings["as_of"])).replace(tzinfo=UTC)
    end = as_of.astimezone(zone).date()
    for name in KEYS:
        metric = metric_named(name)
        row = compute(name, snapshot, end - WINDOW, end, by="organisation").iloc[0]
        text = f"{metric.title}, all services, 28 days ({metric.unit}); no sample: {metric.title} is unknown."
        value = GaugeMetricFamily(f"payoff_{name}", text)
        if row["status"] == "ok":
            value.add_metric((), float(row["value"]))
        yield value
        yield _gauge(f"payoff_{name}_n", f"What {name} counts.", lambda row=row: float(row["n"]))  # type: ignore[misc]
