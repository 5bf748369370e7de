"""Answers that a snapshot carries, so that whoever opens it need not work them out again.

They are bytes under a key that says what they depend on; `metrics.kept` makes and reads both.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

TABLE = "kept_answers"
# By its index one answer is found without reading the others.
_CREATE = f"CREATE TABLE {TABLE} (key VARCHAR PRIMARY KEY, body BLOB)"
_FILL = f"INSERT INTO {TABLE} SELECT unnest($keys), unnest($bodies)"


def write_kept(path: Path, answers: Mapping[str, bytes]) -> None:
    """Put answers into a finished snapshot that no reader has open."""
    with duckdb.connect(str(path)) as con:
        con.execute(_CREATE)
        con.execute(_FILL, {"keys": list(answers), "bodies": list(answers.values())})
        con.execute("CHECKPOINT")
