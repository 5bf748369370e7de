"""Seeds that must turn up nowhere, put into every answer of an API, and a search through all that is left."""

import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from collectors.scrub import FREE_TEXT
from metrics.packing import unpack_table

PERSON = {"login": "seeded-login", "name": "Seeda Person", "email": "seeda@corp.example", "type": "User"}
TOKENS = ("ghp_seeded0123456789abcdefABCD", "glpat-seeded-0123456789abcdef")
WORDS = f"ask Seeda Person <seeda@corp.example>, key {TOKENS[0]}"
_ARROW, _ZLIB = b"\xff\xff\xff\xff", b"\x78"
SEEDS = ("seeded-login", "Seeda Person", "seeda@corp.example", *TOKENS)


def seed(item: Any) -> None:
    """Put people, addresses and tokens into an item of an answer, and into every text in it."""
    if isinstance(item, list):
        for each in item:
            seed(each)
    if not isinstance(item, dict):
        return
    for key in [key for key in FREE_TEXT & item.keys() if isinstance(item[key], str)]:
        item[key] = f"{item[key]} {WORDS}"
    for each in list(item.values()):
        seed(each)
    item["payoff_seeded_person"] = {**PERSON, "avatar_url": "https://x.example/seeded-login"}
    item["payoff_seeded_people"] = [{"emailAddress": "seeda@corp.example", "displayName": "Seeda Person"}]
    item["payoff_seeded_link"] = f"https://seeda@corp.example:{TOKENS[1]}@x.example/"
    item["description"] = f"{item.get('description') or ''} {WORDS}"


def everything_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Where, and the text there: files as they are, tables row by row, kept bodies unpacked."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield str(path.relative_to(folder)), path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".duckdb":
            for table, row in _rows(path):
                yield f"{path.name}: {table}", row


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as con:
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            for row in con.execute(f'FROM "{table}"').fetchall():
                yield table, json.dumps([_text(value) for value in row], default=str, ensure_ascii=False)


def _text(value: Any) -> Any:
    """What bytes say: rows of an Arrow stream, a compressed text, or a text. Any other kind is an error."""
    if not isinstance(value, bytes):
        return value
    if value.startswith(_ARROW):
        return unpack_table(value).to_pylist()
    return (zlib.decompress(value) if value.startswith(_ZLIB) else value).decode()


def found(seeds: Iterable[str], texts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Which seed is where, whatever its case."""
    folded = [word.casefold() for word in seeds]
    return sorted(
        {
            (word, place)
            for place, text in texts
            for low in [text.casefold()]
            for word in folded
            if word in low
        }
    )
