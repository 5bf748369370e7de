"""The mark of simulated figures: whatever leaves the program bears it until real sources are configured.

- A table gets the last column ``is_simulated``: the mark stays with every row, and no other column moves.
- A file that a page or the API names ends in ``_simulated`` before its ending.
- Files of the report keep their names and columns, which finance relies on: lines say it in ``method_note``,
  the summary in a note, the bridge in ``why``, and every ``report_id`` begins with ``simulated-``.
- JSON says ``is_simulated`` beside the snapshot that it comes from.
"""

from typing import Any

import pandas as pd

COLUMN = "is_simulated"
SENTENCE = "simulated: figures of an invented organisation"
BANNER = (
    "Every figure here is simulated: this is the demo world. "
    "Name your own sources in config.yaml and run `payoff collect`."
)


def marked(frame: pd.DataFrame, *, is_simulated: bool) -> pd.DataFrame:
    """The frame, with a column that says so where its figures are simulated."""
    return frame.assign(**{COLUMN: True}) if is_simulated else frame


def marked_note(text: str, *, is_simulated: bool) -> str:
    """A note that says so in front where its figures are simulated."""
    return "; ".join(filter(None, [SENTENCE, text])) if is_simulated else text


def marked_name(stem: str, *, is_simulated: bool) -> str:
    """The name of a file without its ending."""
    return f"{stem}_simulated" if is_simulated else stem


def mark(settings: Any) -> dict[str, bool]:
    """``is_simulated`` of a snapshot's settings, for JSON."""
    return {COLUMN: bool(settings.get("is_demo"))}
