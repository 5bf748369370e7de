"""What a digest is made from: the newest snapshot, the quarter's report and the money it states."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import duckdb

from dashboards.digest.compose import Basis, digest_of
from dashboards.digest.content import Digest
from dashboards.digest.money import Told
from dashboards.digest.period import Period
from dashboards.questions.published import Published
from dashboards.questions.quarter import Money, money_in
from dashboards.report.text import quarter_name
from dashboards.words.locale import using_locale
from dashboards.words.values import amount_text
from dashboards.words.windows import quarter_label
from metrics.errors import MetricError
from metrics.quarters import Quarter
from metrics.roi.result import WIDEST
from metrics.scope import Filter
from service.configuration.config import Settings
from service.digests.config import DigestChannel
from service.reports.frozen import frozen_versions, reports_directory
from service.reports.reporting import Wish, preview, refusal
from service.storage.snapshots import marts_directory
from service.subjects import require_known
from warehouse.errors import FrozenReportError
from warehouse.frozen import INPUTS, Frozen
from warehouse.publish import Snapshot


@dataclass(frozen=True, slots=True)
class Report:
    """The quarter's report as a digest carries it: its files, or why there are none."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    attached: str = ""
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A digest of a period before it is narrowed to a channel; open while the snapshots are."""

    settings: Settings
    snapshot: Snapshot
    period: Period
    basis: Basis
    report: Report
    frozen: Frozen | None = None

    def digest(self, channel: DigestChannel | None = None, *, is_mail: bool) -> Digest:
        """The digest for a channel (``None``: of everything); only mail has the report with it.

        Raises
        ------
        UsageError : a team of the channel is not known.
        warehouse.errors.FrozenReportError : the data that the report was frozen with cannot be read any more.
        """
        teams = channel.teams if channel else ()
        require_known(self.snapshot, Filter(teams=teams or None), "team")
        said = self.report.attached if is_mail else self.report.elsewhere
        basis = Basis(**{name: getattr(self.basis, name) for name in Basis.__slots__} | {"report": said})
        with _reading(self.frozen):
            return digest_of(basis, self.period, teams, public_url(self.settings))


def public_url(settings: Settings) -> str:
    """Where people open the pages; empty where nobody said so."""
    login = settings.login.oidc
    return settings.digest.public_url or (login.public_url if login else "")


@contextmanager
def made(settings: Settings, snapshot: Snapshot, period: Period, now: datetime) -> Iterator[Made]:
    """Everything that the digests of a period have in common.

    Where the quarter's report is frozen, its money is read from what it was frozen with, so that the digest
    and the file beside it say the same.

    Raises
    ------
    warehouse.errors.FrozenReportError, warehouse.errors.SnapshotError : a frozen report is damaged, or of
    a version with other tables.
    """
    published = Published(snapshot)
    versions = frozen_versions(settings, period.quarter.name)
    if not versions:
        yield _made(settings, published, published, None, period, now)
        return
    frozen = versions[-1]
    with Snapshot.open(frozen.snapshot) as kept:
        with _reading(frozen):
            whole = _made(settings, published, Published(kept), frozen, period, now)
        yield whole


@contextmanager
def _reading(frozen: Frozen | None) -> Iterator[None]:
    """Says of which report the data was, where it cannot be read.

    Raises
    ------
    warehouse.errors.FrozenReportError : it was frozen by a version with other tables.
    """
    try:
        yield
    except duckdb.Error as error:
        if frozen is None:
            raise
        name, version = frozen.manifest.period, frozen.manifest.version
        raise FrozenReportError(
            f"The report of {name}, version {version}, was frozen with tables that this version of Payoff "
            f"cannot read ({type(error).__name__}). Freeze a version that it can, with the data of today: "
            f'payoff report --quarter {name} --restate --reason "a newer version of Payoff".'
        ) from error


def _made(
    settings: Settings,
    published: Published,
    kept: Published,
    frozen: Frozen | None,
    period: Period,
    now: datetime,
) -> Made:
    money, trouble = _money(kept, period.quarter, frozen.manifest.accepted if frozen else "")
    with using_locale(published.locale):
        if frozen is not None:
            report = _frozen_report(frozen, money, period)
        elif money is None or not money.now.is_known:
            report = Report()
        else:
            report = _unfrozen_report(settings, published.snapshot, money.now, period, now)
    settled = kept if period.cadence == "quarterly" else published
    folders = marts_directory(settings), reports_directory(settings)
    return Made(
        settings,
        published.snapshot,
        period,
        Basis(published, settled, money, trouble, "", *folders, now),
        report,
        frozen if settled is kept else None,
    )


def _money(kept: Published, quarter: Quarter, accepted: str) -> tuple[Told | None, str]:
    try:
        return Told(money_in(kept, quarter, accepted), money_in(kept, quarter.previous)), ""
    except MetricError as error:
        return None, str(error)


def _frozen_report(frozen: Frozen, money: Told | None, period: Period) -> Report:
    when = quarter_label(period.quarter.start, period.quarter.start_month)
    name = f"The report of {when}, version {frozen.manifest.version} as it was frozen,"
    differs = _difference(frozen, money)
    texts = {name: text for name, text in frozen.texts.items() if name != INPUTS}
    where = f"stands on the page, and `payoff report --quarter {period.quarter.name}` writes it."
    return Report(_carried(texts, period), f"{name} is attached.{differs}", f"{name} {where}{differs}")


def _difference(frozen: Frozen, money: Told | None) -> str:
    """A newer version of the model may answer otherwise; the frozen report is what counts."""
    point = frozen.inputs["net"]["point"]
    if money is None or point is None:
        return ""
    result = money.now.result
    if Decimal(str(point)) == result.headline(WIDEST).net.point:
        return ""
    return (
        f" It states a net of {amount_text(Decimal(str(point)), result.currency)}, by another model version."
    )


def _unfrozen_report(
    settings: Settings, snapshot: Snapshot, money: Money, period: Period, now: datetime
) -> Report:
    """A preview, which says in every file that it is one; none where the trust gate refuses a line."""
    when = quarter_name(money)
    if money.refused:
        why = f"**The report of {when} is not trusted and not sent**: {refusal(money.refused, money.states)}"
        return Report({}, why, why)
    texts = preview(settings, snapshot, Wish(period.quarter), now)
    state = f"The report of {when} is **not frozen**"
    command = f"`payoff report --quarter {period.quarter.name}`"
    return Report(
        _carried(texts, period),
        f"{state}; a preview is attached. {command} freezes it.",
        f"{state}: {command} freezes it.",
    )


def _carried(texts: Mapping[str, bytes], period: Period) -> dict[str, bytes]:
    """The page to read; with the quarterly digest the files to recompute it, too."""
    kinds = (".html", ".csv") if period.cadence == "quarterly" else (".html",)
    return {name: text for name, text in texts.items() if name.endswith(kinds)}
