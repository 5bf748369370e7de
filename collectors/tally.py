"""Rows counted by what they would count as, with an example each, without keeping the rows."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from collectors.verdicts import JUDGES, Judge, Verdict
from warehouse.records import BY_TABLE


@dataclass(slots=True)
class Tally:
    """What the rows that were added would count as, and what they would not, with the reason."""

    is_production: Callable[[str], bool]
    counts: Counter[Verdict] = field(default_factory=Counter)
    examples: dict[Verdict, str] = field(default_factory=dict)
    tables: dict[Verdict, str] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, table: pa.Table) -> None:
        """Count the rows of a table with the columns of `warehouse.records`; optional ones may be absent."""
        self.rows[name] += table.num_rows
        judge = JUDGES.get(name)
        if judge is None or not table.num_rows:
            return
        key = BY_TABLE[name].key[0]
        for row in _groups(table, judge, key).to_pylist():
            for verdict in judge.verdicts(row, self.is_production):
                self._count(name, verdict, row["n_rows"], row["example"])

    def _count(self, name: str, verdict: Verdict, n_rows: int, example: str) -> None:
        self.counts[verdict] += n_rows
        self.examples[verdict] = min(example, self.examples.get(verdict, example))
        self.tables[verdict] = name

    @property
    def counted(self) -> Mapping[str, Sequence[str]]:
        """By heading: a line for each group of rows that would count."""
        return self._lines(lambda verdict: not verdict.reason)

    @property
    def not_counted(self) -> Mapping[str, Sequence[str]]:
        """By heading: a line for each group of rows that would not, with the reason."""
        return self._lines(lambda verdict: bool(verdict.reason))

    def _lines(self, belongs: Callable[[Verdict], bool]) -> Mapping[str, Sequence[str]]:
        lines: dict[str, list[str]] = defaultdict(list)
        for verdict in sorted(filter(belongs, self.counts), key=self._largest_first):
            reason = f" ({verdict.reason})" if verdict.reason else ""
            count = f"{self.counts[verdict]:,} {self.tables[verdict].replace('_', ' ')}"
            lines[verdict.heading].append(
                f"{verdict.group}: {count}, such as {self.examples[verdict]}{reason}"
            )
        return dict(lines)

    def _largest_first(self, verdict: Verdict) -> tuple[int, str, str, str]:
        return -self.counts[verdict], verdict.heading, verdict.group, verdict.reason


def _groups(table: pa.Table, judge: Judge, key: str) -> pa.Table:
    """One row per combination of what the judge looks at, with ``n_rows`` and the least key as example."""
    columns = {name: _column(table, name) for name in judge.columns}
    columns |= {name: pc.is_valid(_column(table, name)) for name in judge.known}
    grouped = pa.table({**columns, "example": table[key]}).group_by(list(columns))
    found = grouped.aggregate([("example", "count"), ("example", "min")])
    return found.rename_columns({"example_count": "n_rows", "example_min": "example"})


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    is_given = name in table.schema.names
    return table[name] if is_given else pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
