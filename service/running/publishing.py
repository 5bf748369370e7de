"""From stored rows to a published snapshot: names, links, facts, checks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.configuration.config import Settings
from service.deploying.action_runs import cover_own_runs
from service.goals.seeding import seed_goals
from service.ledger.seeding import seed_ledger
from service.reports.tables import store_frozen_reports
from service.running.keeping import answers_of
from service.running.left_demo import demo_sources
from service.running.narration import Listener
from service.running.run_report import Outcome, Report
from service.running.spooled import NOTHING_DRAINED, Drained
from warehouse.engine import Warehouse
from warehouse.facts import FactSettings, prepare_snapshot
from warehouse.identities import identify
from warehouse.links import LinkReport, link
from warehouse.publish import publish


def publish_snapshot(
    warehouse: Warehouse,
    settings: Settings,
    outcomes: Sequence[Outcome],
    now: datetime,
    listener: Listener,
    drained: Drained = NOTHING_DRAINED,
) -> Report:
    """Work out names and links, prepare facts, check and publish.

    Raises
    ------
    warehouse.errors.ChecksFailedError : the last good snapshot stays published.
    """
    seed_ledger(warehouse, settings)
    seed_goals(warehouse, settings, now.astimezone(settings.organisation.zone).date())
    store_frozen_reports(warehouse, settings)
    cover_own_runs(warehouse, now)
    listener.begin("link")
    with warehouse.transaction() as con:
        identified = identify(
            con, settings.rules(), settings.environments.is_production, settings.organisation.zone
        )
    links = link(warehouse.connection, attribution_window_hours=settings.attribution.window_hours)
    listener.end("link", _linked(links))
    listener.begin("publish")
    facts = fact_settings(settings)
    is_demo = bool(demo_sources(warehouse)) or any(source.kind == "demo" for source in settings.sources)
    info = publish(
        warehouse,
        lambda con: prepare_snapshot(con, facts),
        keep=settings.storage.keep_snapshots,
        as_of=now,
        settings=snapshot_settings(settings) | {"is_demo": is_demo},
        answers=answers_of,
    )
    listener.end("publish", f"snapshot {info.version}")
    return Report(
        tuple(outcomes), identified.unmapped, _warnings(warehouse, info.version), info.version, drained
    )


def _linked(links: LinkReport) -> str:
    changes = links.n_changes_explicit + links.n_changes_ancestry
    incidents = links.n_incidents_explicit + links.n_incidents_window
    text = f"{changes:,} changes and {incidents:,} incidents tied to deployments"
    unlinked = links.n_incidents_unlinked
    return f"{text}, {unlinked:,} incidents to none" if unlinked else text


def _warnings(warehouse: Warehouse, version: int) -> tuple[str, ...]:
    rows = warehouse.connection.execute(
        "SELECT check_name, message, n_offending FROM check_results "
        "WHERE version = ? AND severity = 'warn' AND n_offending > 0 ORDER BY check_name",
        [version],
    ).fetchall()
    return tuple(f"{name}: {message} ({count:,} rows)" for name, message, count in rows)


def fact_settings(settings: Settings) -> FactSettings:
    """What the facts depend on besides the rows."""
    return FactSettings(
        reporting_zone=settings.organisation.reporting_zone,
        quarter_start_month=settings.organisation.quarter_start_month,
        hotfix_window_days=settings.attribution.hotfix_window_days,
        hotfix_pattern=settings.attribution.hotfix_pattern,
        working_time=settings.calendar.working_time(settings.organisation.reporting_zone),
        golden_path_actions=settings.adoption.golden_path_actions,
        tickets=settings.tickets.reading,
    )


def snapshot_settings(settings: Settings) -> dict[str, Any]:
    """What readers need to know of the configuration; no secret and no path is among it."""
    organisation = settings.organisation
    return {
        "organisation": organisation.name,
        "reporting_zone": organisation.reporting_zone,
        "currency": organisation.currency,
        "locale": organisation.locale,
        "quarter_start_month": organisation.quarter_start_month,
        "attribution_window_hours": settings.attribution.window_hours,
        "stale_after_hours": settings.freshness.stale_after_hours,
        "report_year": settings.benchmarks.report_year,
        "roi": settings.roi.model_dump(mode="json"),
        "report": settings.report.model_dump(mode="json"),
    }
