"""What a digest says of the data: held back, stale, failing, found by checks, not covered."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dashboards.digest.content import Line
from dashboards.questions.health import gaps, health
from dashboards.questions.published import Published
from dashboards.questions.sources import look
from dashboards.trust.sources import checks_finding, sources_finding
from dashboards.words.values import instant_text
from dashboards.words.windows import Window
from metrics.scope import Filter
from warehouse.refusal import read_refusal


@dataclass(frozen=True, slots=True)
class _Scope:
    window: Window
    where: Filter


def data_words(published: Published, window: Window, where: Filter, now: datetime) -> str:
    """``Data to 22 Nov 2026, 07:00 Europe/Berlin``: until when deployments are known, as pages say it."""
    until = health(published, _Scope(window, where), now).data_to
    if until is None:
        return "No deployment source covers this scope"
    return f"Data to {instant_text(until, published.zone)}"


def health_lines(
    published: Published, window: Window, where: Filter, marts: Path, now: datetime
) -> tuple[Line, ...]:
    """The worst first; what is well is said in one sentence."""
    found = look(published, now)
    refusal = read_refusal(marts)
    held = [f"**Newer data is held back** by {len(refusal.checks)} failed checks."] if refusal else []
    state = f"{sources_finding(found)}; {checks_finding(found)[:1].lower()}{checks_finding(found)[1:]}."
    return tuple(Line(line) for line in (*held, state, *gaps(health(published, _Scope(window, where), now))))
