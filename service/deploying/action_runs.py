"""Runs of self-service actions between the spool, which keeps them, and the warehouse, which counts them."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from actions.runs import KIND as ACTION_RUN
from actions.runs import Run
from service.configuration.sources import ACTIONS
from warehouse.coverage import EVERYTHING
from warehouse.engine import Warehouse
from warehouse.load import load_page
from warehouse.records import Coverage, Service, to_tables
from warehouse.spool import Event, Spool

__all__ = ["ACTION_RUN", "SpoolJournal", "apply_action_runs", "cover_own_runs"]
RESOURCE = "action_runs"


class SpoolJournal:
    """The journal of runs in the durable spool; ``append`` also wakes the writer."""

    def __init__(self, spool: Spool, wake: Callable[[], None] = lambda: None) -> None:
        self._spool, self._wake = spool, wake

    def append(self, run: Run) -> None:
        self._spool.append(ACTION_RUN, json.dumps(run.as_event(), sort_keys=True))
        self._wake()

    def by_id(self, run_id: str) -> Run | None:
        return self._newest("run_id", run_id)

    def by_key(self, key: str) -> Run | None:
        return self._newest("key", key)

    def runs(self) -> list[Run]:
        """Every run as it stands, in order of its last stage."""
        return [Run.of_event(event.payload) for event in self._spool.newest_of_each(ACTION_RUN, "run_id")]

    def _newest(self, field: str, value: str) -> Run | None:
        event = self._spool.newest(ACTION_RUN, field, value)
        return Run.of_event(event.payload) if event else None


def apply_action_runs(warehouse: Warehouse, events: Sequence[Event]) -> None:
    """Store the runs, and the services that they made where no other source knows them yet."""
    newest = {event.payload["run_id"]: Run.of_event(event.payload) for event in events}
    runs = list(newest.values())
    records = [run.as_record(run.target or None) for run in runs]
    known = _known_services(warehouse)
    services = [_service(run) for run in runs if run.has_made_it and run.target not in known]
    load_page(warehouse, ACTIONS, RESOURCE, EVERYTHING, tables=to_tables([*records, *services]))


def cover_own_runs(warehouse: Warehouse, now: datetime) -> None:
    """Note that our runs are known in full, from the first one until now: the spool has them all."""
    with warehouse.transaction() as con:
        first = con.execute(
            "SELECT min(requested_at) FROM action_runs WHERE source = ?", [ACTIONS]
        ).fetchall()[0][0]
    if first is not None:
        covered = Coverage(RESOURCE, first.replace(tzinfo=UTC), now, EVERYTHING)
        load_page(warehouse, ACTIONS, RESOURCE, EVERYTHING, tables={}, coverage=[covered])


def _service(run: Run) -> Service:
    return Service(
        service_id=run.target,
        name=run.target,
        team_id=run.team or None,
        tier=str(run.inputs["tier"]) if "tier" in run.inputs else None,
        created_at=datetime.fromisoformat(run.stages["requested"]),
        from_template=f"{run.action}-{run.version}",
    )


def _known_services(warehouse: Warehouse) -> set[str]:
    """Services that another source brought: it says more of them than a run does."""
    with warehouse.transaction() as con:
        rows = con.execute("SELECT service_id FROM services WHERE source <> ?", [ACTIONS]).fetchall()
    return {name for (name,) in rows}
