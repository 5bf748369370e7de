"""Pseudonyms where they are stored: turned into others, or taken out, in one transaction.

Snapshots hold none. What is deleted stays in free parts of the file until it is compacted.
"""

import zlib
from collections.abc import Callable, Collection, Iterator

import duckdb
import pyarrow as pa

from warehouse.engine import Warehouse

COLUMNS = (
    ("changes", "author"),
    ("commits", "author"),
    ("team_members", "person"),
    ("person_aliases", "alias"),
    ("person_aliases", "person"),
    ("audit_log", "person"),
)
# Where somebody decided, without a role, this stands before the pseudonym.
_DECIDED, _DECIDER = (("ledger_entries", "decided_by"), ("goal_entries", "decided_by")), "person "
# Made with the same keys, so that nobody can tell whose answer it was; not a person's for all that.
_RESPONSES = ("survey_responses", "response_id")
_BATCH = 1000
Turn = Callable[[str], str]
Rewrite = Callable[[bytes], bytes]


def turn_pseudonyms(warehouse: Warehouse, turn: Turn, rewrite: Rewrite) -> int:
    """Replace every stored pseudonym by ``turn`` of it, bodies by ``rewrite``; how many people there were."""
    n = len(people_stored(warehouse))
    with warehouse.transaction() as con:
        for table, column in (*COLUMNS, _RESPONSES):
            names = [name for name in _distinct(con, table, column) if _is_pseudonym(name)]
            _replace(con, table, column, {name: turn(name) for name in names})
        for place in _DECIDED:
            _replace(con, *place, _deciders({name: turn(name) for name in _decided(con)}))
        _rewrite_bodies(con, rewrite)
    return n


def forget_people(
    warehouse: Warehouse, people: Collection[str], put: str, rewrite: Rewrite
) -> dict[str, int]:
    """Take people out of every table and body; the rows that named them, by table.

    A change stays without its author (``put`` stands there), for it happened; a membership goes.
    """
    with warehouse.transaction() as con:
        names = list(people)
        found = {"team_members": _delete(con, "team_members", "person IN (SELECT unnest(?))", names)}
        found["person_aliases"] = _delete(
            con, "person_aliases", "alias IN (SELECT unnest($1)) OR person IN (SELECT unnest($1))", names
        )
        for table in ("changes", "commits"):
            found[table] = _replace(con, table, "author", dict.fromkeys(names, put))
        found["audit_log"] = _replace(con, "audit_log", "person", dict.fromkeys(names, put))
        for table, column in _DECIDED:
            found[table] = _replace(con, table, column, _deciders(dict.fromkeys(names, put)))
        found["raw_bodies"] = _rewrite_bodies(con, rewrite)
    return found


def people_stored(warehouse: Warehouse) -> set[str]:
    """Every pseudonym in the tables."""
    con = warehouse.connection
    named = {name for table, column in COLUMNS for name in _distinct(con, table, column)}
    return {name for name in {*named, *_decided(con)} if _is_pseudonym(name)}


def aliases_stored(warehouse: Warehouse, people: Collection[str]) -> set[str]:
    """The pseudonyms of the same people that verified addresses tied to these."""
    rows = warehouse.connection.execute(
        "SELECT alias, person FROM person_aliases "
        "WHERE alias IN (SELECT unnest($1)) OR person IN (SELECT unnest($1))",
        [list(people)],
    ).fetchall()
    return {name for row in rows for name in row}


def _is_pseudonym(name: str) -> bool:
    return len(name) == 16 and all(digit in "0123456789abcdef" for digit in name)


def _distinct(con: duckdb.DuckDBPyConnection, table: str, column: str) -> list[str]:
    rows = con.execute(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
    return [name for (name,) in rows]


def _decided(con: duckdb.DuckDBPyConnection) -> list[str]:
    names = {name for place in _DECIDED for name in _distinct(con, *place) if name.startswith(_DECIDER)}
    return [bare for name in sorted(names) if _is_pseudonym(bare := name.removeprefix(_DECIDER))]


def _deciders(new: dict[str, str]) -> dict[str, str]:
    return {_DECIDER + old: _DECIDER + name for old, name in new.items()}


def _delete(con: duckdb.DuckDBPyConnection, table: str, condition: str, names: list[str]) -> int:
    rows = con.execute(f"DELETE FROM {table} WHERE {condition}", [names]).fetchall()
    return int(rows[0][0])


def _replace(con: duckdb.DuckDBPyConnection, table: str, column: str, new: dict[str, str]) -> int:
    if not new:
        return 0
    pairs = pa.table(
        {"old": pa.array(list(new), pa.string()), "new": pa.array(list(new.values()), pa.string())}
    )
    con.register("turned_names", pairs)
    rows = con.execute(
        f"UPDATE {table} SET {column} = n.new FROM turned_names n WHERE {table}.{column} = n.old"
    ).fetchall()
    con.unregister("turned_names")
    return int(rows[0][0])


def _rewrite_bodies(con: duckdb.DuckDBPyConnection, rewrite: Rewrite) -> int:
    """How many bodies read otherwise now."""
    n = 0
    for rows in _batches(con):
        new = [(place, rewrite(zlib.decompress(body)), body) for place, body in rows]
        changed = [(place, text) for place, text, body in new if text != zlib.decompress(body)]
        if changed:
            table = pa.table(
                {
                    "place": pa.array([place for place, _ in changed], pa.int64()),
                    "body": pa.array([zlib.compress(text) for _, text in changed], pa.binary()),
                }
            )
            con.register("new_bodies", table)
            con.execute(
                "UPDATE raw_bodies SET body = n.body FROM new_bodies n WHERE raw_bodies.rowid = n.place"
            )
            con.unregister("new_bodies")
        n += len(changed)
    return n


def _batches(con: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[int, bytes]]]:
    """Bodies by row id; the ids are listed first, for an update gives a row a new one."""
    places = [place for (place,) in con.execute("SELECT rowid FROM raw_bodies ORDER BY rowid").fetchall()]
    for first in range(0, len(places), _BATCH):
        yield con.execute(
            "SELECT rowid, body FROM raw_bodies WHERE rowid IN (SELECT unnest(?))",
            [places[first : first + _BATCH]],
        ).fetchall()
