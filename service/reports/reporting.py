"""The quarterly report: computed, judged by the trust gate, frozen once, and printed as it was frozen."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.questions.quarter import held_versions
from dashboards.report.edition import Edition, PastNet, Version, measures_of, refused_lines
from dashboards.report.files import Stamp, money
from dashboards.report.writing import report_files
from metrics.quarters import Quarter
from metrics.roi.door import roi
from metrics.roi.ledger import assumptions_in, ledger_in
from metrics.roi.lines import Kind
from metrics.roi.result import WIDEST
from metrics.trust import SourceState, source_states
from service.configuration.config import Settings
from service.errors import PayoffError
from service.reports.frozen import freeze, frozen_reports, frozen_versions
from service.reports.restating import bridge_between, is_readable, says_the_same
from warehouse.frozen import INPUTS, Frozen, Manifest
from warehouse.ledger import Ledger
from warehouse.publish import Snapshot

_OF_NO_FIGURE = ("storage", "mail", "alerts", "digest", "api", "login")


class UntrustedError(PayoffError):
    """The trust gate refuses a figure that the report needs."""


class UnfinishedError(PayoffError):
    """The quarter is not over, so that nothing can be frozen."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: ``accept`` and ``reason`` are what people say for an override and a restatement."""

    quarter: Quarter
    accept: str = ""
    reason: str = ""


def preview(settings: Settings, snapshot: Snapshot, wish: Wish, now: datetime) -> dict[str, bytes]:
    """The files of a quarter that may not be over; nothing is kept, and every file says so."""
    edition = _edition(settings, snapshot, wish, now, version=0, is_preview=True)
    return _encoded(report_files(edition))


def publish_report(settings: Settings, snapshot: Snapshot, wish: Wish, now: datetime) -> Frozen:
    """The quarter, frozen now for the first time.

    Raises
    ------
    UnfinishedError : the quarter is not over in this snapshot.
    UntrustedError : the trust gate refuses a line, and nobody accepted that.
    """
    _check_over(snapshot, wish.quarter)
    edition = _edition(settings, snapshot, wish, now, version=1)
    _check_trust(edition)
    return _freeze(settings, snapshot, edition)


def restate(settings: Settings, snapshot: Snapshot, wish: Wish, now: datetime) -> Frozen | None:
    """A new version of a frozen quarter with the bridge from the last one; ``None`` where nothing differs.

    One that says the same is made where the data of the last cannot be read any more: digests read it.

    Raises
    ------
    PayoffError : the quarter was never frozen.
    UntrustedError : as for `publish_report`.
    """
    versions = frozen_versions(settings, wish.quarter.name)
    if not versions:
        raise PayoffError(
            f"{wish.quarter.name} was never frozen; run `payoff report` without --restate first."
        )
    last = versions[-1]
    edition = _edition(settings, snapshot, wish, now, version=last.manifest.version + 1)
    _check_trust(edition)
    edition = replace(edition, bridge=bridge_between(last, snapshot, edition.result))
    if says_the_same(last.texts, report_files(edition)) and is_readable(last, edition.result):
        return None
    return _freeze(settings, snapshot, edition)


def _edition(
    settings: Settings,
    snapshot: Snapshot,
    wish: Wish,
    now: datetime,
    *,
    version: int,
    is_preview: bool = False,
) -> Edition:
    quarter, ledger = wish.quarter, ledger_in(snapshot)
    result = roi(snapshot, quarter, assumptions_in(ledger), settings.report.seed)
    states = source_states(snapshot, quarter, settings.report.trust)
    is_demo = bool(snapshot.settings.get("is_demo"))
    checksum = config_checksum(settings, ledger, quarter)
    kind = "preview" if is_preview else f"v{version}"
    report_id = f"{'simulated-' if is_demo else ''}{quarter.name}-{kind}-{secrets.token_hex(4)}"
    return Edition(
        organisation=settings.organisation.name,
        stamp=Stamp(report_id, result.model_version, checksum, now),
        version=version,
        result=result,
        states=states,
        measures=measures_of(snapshot, quarter, states, wish.accept),
        as_of=datetime.fromisoformat(str(snapshot.settings["as_of"])),
        is_demo=is_demo,
        is_preview=is_preview,
        zone=settings.organisation.reporting_zone,
        locale=settings.organisation.locale,
        accepted=wish.accept if refused_lines(result, states) else "",
        reason=wish.reason,
        versions=_versions(ledger, quarter),
        past=_past(settings, quarter),
    )


def _versions(ledger: Ledger, quarter: Quarter) -> dict[str, Version]:
    """Which version of the ledger holds, by the figure's label."""
    held = held_versions(ledger, quarter)
    return {label: Version(entry.version, entry.values.valid_from) for label, entry in held.items()}


def _past(settings: Settings, quarter: Quarter) -> tuple[PastNet, ...]:
    """The newest frozen version of every earlier quarter, the oldest quarter first."""
    newest = {frozen.manifest.period: frozen for frozen in frozen_reports(settings)}
    nets = [frozen.inputs["net"] | {"version": frozen.manifest.version} for frozen in newest.values()]
    return tuple(
        PastNet(net["period"], net["version"], *(Decimal(net[name]) for name in ("point", "p10", "p90")))
        for net in sorted(nets, key=lambda net: str(net["start"]))
        if net["start"] < quarter.start.isoformat() and net["point"] is not None
    )


def _of_figures(settings: Settings) -> dict[str, Any]:
    """The configuration without where the data lies, who is told and who is let in: that names people."""
    return {name: value for name, value in settings.written.items() if name not in _OF_NO_FIGURE}


def config_checksum(settings: Settings, ledger: Ledger, quarter: Quarter) -> str:
    """SHA-256 of the configuration that figures may depend on, as written, and of what the ledger says.

    Variables stand in it by their names, so that no secret has a part in it.
    """
    written = _of_figures(settings)
    held = [[*name, asdict(entry.values)] for name, entry in ledger.in_force(quarter.last_day).items()]
    text = json.dumps([written, held], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_over(snapshot: Snapshot, quarter: Quarter) -> None:
    zone = ZoneInfo(str(snapshot.settings.get("reporting_zone", "UTC")))
    day = datetime.fromisoformat(str(snapshot.settings["as_of"])).astimezone(zone).date()
    if day < quarter.end:
        raise UnfinishedError(
            f"{quarter.name} ends on {quarter.last_day}, and the data is of {day}. Look at it with "
            "--preview, or run `payoff collect` once it is over."
        )


def _check_trust(edition: Edition) -> None:
    if edition.refused:
        raise UntrustedError(
            f"{edition.quarter.name} was not frozen: {refusal(edition.refused, edition.states)} Collect what "
            "is missing; or state why it counts all the same with --accept, which every file will say."
        )


def refusal(refused: Sequence[Kind], states: Sequence[SourceState]) -> str:
    """Which lines the trust gate refuses, and what is wrong with the sources that they rest on."""
    lines = ", ".join(f"{kind.line_id} {kind.name}" for kind in refused)
    needs = {need for kind in refused for need in kind.needs}
    behind = [state for state in states if state.resource in needs]
    stamps = ". ".join(state.stamp for state in behind if state.verdict == "refused")
    return f"the trust gate refuses {lines}. {stamps}."


def _freeze(settings: Settings, snapshot: Snapshot, edition: Edition) -> Frozen:
    stamp = edition.stamp
    manifest = Manifest(
        report_id=stamp.report_id,
        period=edition.quarter.name,
        version=edition.version,
        generated_at=stamp.generated_at,
        model_version=stamp.model_version,
        config_sha256=stamp.config_sha256,
        snapshot_version=snapshot.version,
        seed=edition.result.seed,
        accepted=edition.accepted,
        reason=edition.reason,
        files={},
    )
    texts = report_files(edition) | {INPUTS: _inputs(settings, snapshot, edition)}
    return freeze(settings, manifest, texts, snapshot.path)


def _inputs(settings: Settings, snapshot: Snapshot, edition: Edition) -> str:
    """Everything besides the snapshot that the version was made from, and the net for later reports."""
    net, is_refused = edition.result.headline(WIDEST).net, edition.is_refused(WIDEST)
    values = {
        "net": {
            "period": edition.quarter.name,
            "start": edition.quarter.start,
            "point": None if is_refused else net.point,
            "p10": money(net.spread.p10),
            "p90": money(net.spread.p90),
        },
        "seed": edition.result.seed,
        "assumptions": [asdict(assumption) for assumption in assumptions_in(ledger_in(snapshot))],
        "figures": [asdict(figure) for figure in edition.result.figures],
        "sources": [asdict(state) for state in edition.states],
        "configuration": _of_figures(settings),
    }
    return json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}
