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
actions:
  repository:
    url: gitops.git
"""


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
    text = _TEMPLATE.format(directory=directory.resolve(), variant=variant, seed=seed)
    if path.exists() and path.read_text() != text:
        raise UsageError(f"{path} is there already and differs; choose another folder for this demo world.")
    path.write_text(text)
    return load_config(path)
