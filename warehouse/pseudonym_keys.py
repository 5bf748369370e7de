"""With which keys the stored pseudonyms were made, by prints that do not tell the keys."""

from collections.abc import Sequence

from warehouse.engine import Warehouse


def read_prints(warehouse: Warehouse) -> tuple[str, ...]:
    """The prints in the order of their keys; none before the first collection."""
    rows = warehouse.connection.execute("SELECT print FROM pseudonym_keys ORDER BY position").fetchall()
    return tuple(text for (text,) in rows)


def write_prints(warehouse: Warehouse, prints: Sequence[str]) -> None:
    """Remember the keys in use; belongs into the transaction that brings or turns pseudonyms."""
    with warehouse.transaction() as con:
        con.execute("DELETE FROM pseudonym_keys")
        for position, text in enumerate(prints):
            con.execute("INSERT INTO pseudonym_keys VALUES (?, ?)", [position, text])
