"""Coverage intervals: between two instants a resource of a scope is known in full.

Intervals of one (source, resource, scope) that overlap or touch are one row, so that a day is covered
once however often it was collected.
"""

import duckdb
import pyarrow as pa

from warehouse.merge import Counts

EVERYTHING = "*"

_AFFECTED = """
CREATE OR REPLACE TEMP TABLE coverage_before AS
SELECT c.source, c.resource, c.scope_id, c.from_at, c.to_at
FROM coverage c
SEMI JOIN incoming_coverage i
    ON i.source = c.source AND i.resource = c.resource AND i.scope_id = c.scope_id
"""
_COALESCED = """
CREATE OR REPLACE TEMP TABLE coverage_after AS
WITH every_interval AS (
    -- Equal intervals become one: the two windows below may each put equals in another order.
    SELECT source, resource, scope_id, from_at, to_at FROM coverage_before
    UNION
    SELECT source, resource, scope_id, from_at, to_at FROM incoming_coverage
),
marked AS (
    SELECT *, max(to_at) OVER (
        PARTITION BY source, resource, scope_id ORDER BY from_at, to_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS known_until
    FROM every_interval
),
numbered AS (
    SELECT *, count_if(known_until IS NULL OR from_at > known_until) OVER (
        PARTITION BY source, resource, scope_id ORDER BY from_at, to_at
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
    FROM marked
)
SELECT source, resource, scope_id, min(from_at) AS from_at, max(to_at) AS to_at
FROM numbered
GROUP BY source, resource, scope_id, island
"""
_SAME = """
SELECT count(*) FROM coverage_after a
SEMI JOIN coverage_before b USING (source, resource, scope_id, from_at, to_at)
"""
_DELETE = """
DELETE FROM coverage WHERE EXISTS (
    SELECT 1 FROM coverage_before b
    WHERE b.source = coverage.source AND b.resource = coverage.resource
        AND b.scope_id = coverage.scope_id
)
"""
_INSERT = """
INSERT INTO coverage (resource, scope_id, from_at, to_at, source)
SELECT resource, scope_id, from_at, to_at, source FROM coverage_after
"""


def add_coverage(con: duckdb.DuckDBPyConnection, rows: pa.Table) -> Counts:
    """Counts of the intervals after ``rows`` were added: new ones, grown ones and those that stay.

    ``rows`` has source, resource, scope_id (``*`` for everything), from_at and to_at.
    """
    if rows.num_rows == 0:
        return Counts()
    con.register("incoming_coverage", rows)
    try:
        con.execute(_AFFECTED)
        con.execute(_COALESCED)
        before, after, same = (
            con.execute(sql).fetchall()[0][0]
            for sql in ("SELECT count(*) FROM coverage_before", "SELECT count(*) FROM coverage_after", _SAME)
        )
        if not (before == after == same):
            con.execute(_DELETE)
            con.execute(_INSERT)
    finally:
        con.unregister("incoming_coverage")
    grown = min(before - same, after - same)
    return Counts(inserted=after - same - grown, updated=grown, unchanged=same)
