"""What no row of the demo world can tell: figures of the model, invented like the world itself.

They hold as long as a demo source is configured; without one the ledger rejects them by itself.
"""

from collections.abc import Iterator
from datetime import date

from service.configuration.assumptions import AssumptionEntry
from service.configuration.config import Settings

# Key, low, likely, high.
_FIGURES = (
    ("downtime_cost_per_hour", 1_500, 3_000, 6_000),
    ("downtime_severity", 0.1, 0.25, 0.5),
    ("incident_responders", 2, 3, 5),
    ("incident_responder_hours", 1, 2, 4),
    ("onboarding_days_before", 20, 30, 45),
    ("onboarding_days_after", 10, 15, 25),
    ("onboarding_productivity_share", 0.3, 0.5, 0.7),
    ("cost_of_delay_per_week", 5_000, 12_000, 30_000),
    ("initiatives", 3, 6, 10),
    ("critical_path_share", 0.1, 0.25, 0.5),
)


def stated_assumptions(settings: Settings) -> Iterator[AssumptionEntry]:
    """Those of the configuration, and where it has a demo source, what that needs besides."""
    yield from settings.assumptions
    if any(source.kind == "demo" for source in settings.sources):
        own = {entry.key for entry in settings.assumptions}
        yield from (_entry(*figure) for figure in _FIGURES if figure[0] not in own)


def _entry(key: str, low: float, likely: float, high: float) -> AssumptionEntry:
    return AssumptionEntry(
        key=key,
        low=low,
        likely=likely,
        high=high,
        source="invented for the demo",
        owner="finance",
        valid_from=date(2020, 1, 1),
    )
