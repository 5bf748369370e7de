"""The demo's own configuration, written beside its data so that every command can use it."""

from pathlib import Path

from service.configuration.config import Settings, load_config
from service.errors import UsageError

_TEMPLATE = """\
# An invented organisation, written by `payoff demo`. Every figure of it is simulated.
organisation:
  name: Demo organisation
storage:
  directory: {directory}
sources:
  - name: demo
    kind: demo
    variant: "{variant}"
    seed: {seed}
assumptions:
{assumptions}"""
# What no row of the world can tell: key, low, likely, high.
_ASSUMPTIONS = (
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
_ENTRY = (
    "  - {{key: {}, low: {}, likely: {}, high: {}, source: invented for the demo, owner: finance, "
    "valid_from: 2020-01-01}}\n"
)


def demo_settings(directory: Path, *, variant: str, seed: int) -> Settings:
    """Settings of a demo world in ``directory``; writes ``config.yaml`` there.

    Raises
    ------
    UsageError : the variant is unknown, or the folder holds the configuration of something else.
    """
    if variant not in ("effect", "null"):
        raise UsageError(f"--variant {variant} is not one of effect, null.")
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "config.yaml"
    assumptions = "".join(_ENTRY.format(*each) for each in _ASSUMPTIONS)
    text = _TEMPLATE.format(
        directory=directory.resolve(), variant=variant, seed=seed, assumptions=assumptions
    )
    if path.exists() and path.read_text() != text:
        raise UsageError(f"{path} is there already and differs; choose another folder for this demo world.")
    path.write_text(text)
    return load_config(path)
