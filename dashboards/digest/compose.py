"""The digest of a period from published snapshots, by the functions that pages speak with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dashboards.digest.address import Address
from dashboards.digest.content import Digest, Line, Section, shortened
from dashboards.digest.figures import Moved, moved
from dashboards.digest.health import data_words, health_lines
from dashboards.digest.money import Told, decision_lines, money_changes, money_lines
from dashboards.digest.period import Period
from dashboards.questions.published import Published
from dashboards.report import text
from dashboards.words.locale import using_locale
from dashboards.words.values import count
from metrics.catalog import FIVE_KEYS
from metrics.scope import Filter

ADOPTION = {
    "weekly": ("team_adoption_rate", "self_service_share", "golden_path_share"),
    "quarterly": ("team_adoption_rate", "self_service_share", "golden_path_share", "how_to_ticket_rate"),
}
_DESCRIBES = "✓ better, ✕ worse: the two 95\u00a0% intervals are apart. What caused it is another question."
_SIMULATED = "Simulated: an invented organisation"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a digest is made from.

    Parameters
    ----------
    published : the newest snapshot.
    settled : what the figures are read from: the snapshot that the quarter's report was frozen with, where
        there is one and the digest is quarterly, so that both say the same; else ``published``.
    money : of the quarter and the one before; ``None`` and ``trouble`` where it cannot be computed.
    report : what becomes of the quarter's report, in a sentence.
    marts, reports : folders of snapshots and frozen reports.
    """

    published: Published
    settled: Published
    money: Told | None
    trouble: str
    report: str
    marts: Path
    reports: Path
    now: datetime


def digest_of(basis: Basis, period: Period, teams: Sequence[str] = (), base_url: str = "") -> Digest:
    """The digest of a period, of all teams or of some; ``base_url`` is where people open the pages."""
    with using_locale(basis.published.locale):
        return shortened(_whole(basis, period, tuple(teams), base_url))


def _whole(basis: Basis, period: Period, teams: tuple[str, ...], base_url: str) -> Digest:
    names = _team_names(basis.published, teams)
    address, where = Address(base_url, names), Filter(teams=teams or None)
    keys, adoption = (
        [moved(basis.settled, name, period, where) for name in metrics]
        for metrics in (FIVE_KEYS, ADOPTION[period.cadence])
    )
    page = address.of_period
    sections = (
        Section(
            "Return on investment",
            (*money_lines(basis.money, basis.trouble, bool(teams)), *_report_line(basis)),
            _roi(address, period),
        ),
        Section("What changed", _changes(basis, period, [*keys, *adoption]), page("", period)),
        Section("Delivery", _lines(keys), page("delivery", period)),
        Section("Adoption", _lines(adoption), page("adoption", period)),
        Section(
            "What needs a decision",
            decision_lines(basis.published, basis.money, basis.reports, teams),
            address.of_quarter("", period.quarter),
        ),
        Section(
            "Data health",
            health_lines(basis.published, period.window, where, basis.marts, basis.now),
            page("data_health", period),
        ),
    )
    return Digest(
        title=f"{_NAMES[period.cadence]} digest, {period.window.label}",
        subject=_subject(basis.published, period, names),
        badges=_badges(basis, period, where, names),
        sections=sections,
        notes=(_DESCRIBES,),
    )


_NAMES = {"weekly": "Weekly", "quarterly": "Quarterly"}


def _report_line(basis: Basis) -> tuple[Line, ...]:
    return (Line(basis.report),) if basis.report else ()


def _roi(address: Address, period: Period) -> str:
    return Address(address.base).of_quarter("roi", period.quarter)


def _lines(figures: Sequence[Moved]) -> tuple[Line, ...]:
    return tuple(figure.line for figure in figures)


def _changes(basis: Basis, period: Period, figures: Sequence[Moved]) -> tuple[Line, ...]:
    """How many figures moved clearly; in a quarterly digest the money's lines that moved most, too."""
    clear, known = [f for f in figures if f.has_moved], [f for f in figures if f.is_known]
    what = f"{count(len(clear))} of {count(len(known))} figures moved clearly"
    named = ", ".join(_short(figure) for figure in clear)
    unknown = len(figures) - len(known)
    rest = f"; {count(unknown)} cannot be compared" if unknown else ""
    lead = Line(f"**{what}**{f': {named}' if named else ''}{rest}.")
    is_told = period.cadence == "quarterly" and basis.money is not None
    return (lead, *money_changes(basis.money, basis.settled)) if is_told and basis.money else (lead,)


def _short(figure: Moved) -> str:
    title, how = figure.now.metric.title, "rose" if figure.now.low > figure.before.high else "fell"
    return f"{title[:1].lower()}{title[1:]} {how}"


def _subject(published: Published, period: Period, names: Sequence[str]) -> str:
    organisation = str(published.settings.get("organisation", ""))
    whom = ", ".join(filter(None, (organisation, _few(names))))
    simulated = " (simulated)" if published.is_demo else ""
    return f"{_NAMES[period.cadence]} platform digest {period.name}: {whom}{simulated}"


def _badges(basis: Basis, period: Period, where: Filter, names: Sequence[str]) -> tuple[str, ...]:
    published, settled = basis.published, basis.settled
    organisation = str(published.settings.get("organisation", "The organisation"))
    data = data_words(settled, period.window, where, basis.now)
    frozen = (
        (f"Figures as the report of {text.quarter_name(basis.money.now)} was frozen",)
        if (basis.money and settled.snapshot is not published.snapshot)
        else ()
    )
    simulated = (_SIMULATED,) if published.is_demo else ()
    unfinished = ("The data does not reach the end of the period",) if published.today < period.end else ()
    return (_few(names) or organisation, *simulated, data, *unfinished, *frozen)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{count(len(names))} teams"


_TEAMS = "SELECT team_id, coalesce(name, team_id) AS name FROM teams WHERE list_contains($teams, team_id)"


def _team_names(published: Published, teams: tuple[str, ...]) -> tuple[str, ...]:
    """What pages call the teams, in the order given; an unknown one keeps its id."""
    rows = published.rows(_TEAMS, {"teams": list(teams)})
    found = dict(zip(rows["team_id"], rows["name"], strict=True))
    return tuple(str(found.get(team, team)) for team in teams)
