"""What `payoff doctor` shows of a folder of neutral files before anything is stored."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from collectors.base import Finding, Preview
from collectors.files_find import Found, TableSource
from collectors.files_read import Examined, tables

NO_COVERAGE = (
    "there is no coverage file: nothing says for which days the events are complete, "
    'so every figure will read "not collected"'
)
NO_COVERAGE_REMEDY = (
    "Write coverage.csv with the header resource,scope_id,from_at,to_at and one row per resource "
    "(deployments, changes, incidents, …) and scope (a service, a repository, or * for all), for example "
    "deployments,*,2025-01-01T00:00:00Z,2025-07-01T00:00:00Z"
)
_SAMPLES = 3


def preview(
    found: Found, examined: Mapping[str, Examined], is_production: Callable[[str], bool], page_rows: int
) -> Preview:
    """Files, rows, columns left out, and which deployments would count as production deployments."""
    findings = [line for file in found.tables for line in _file_findings(file, examined[file.name])]
    findings += [_unknown_finding(name, near) for name, near in found.unknown]
    if not any(file.record.table == "coverage" for file in found.tables):
        findings.append(Finding(False, NO_COVERAGE, NO_COVERAGE_REMEDY))
    groups = _Groups()
    for file in found.tables:
        if file.record.table == "deployments" and not examined[file.name].n_problems:
            for table in tables(file, page_rows):
                groups.add(table)
    counted, not_counted = groups.split(is_production)
    return Preview(
        tuple(findings), {"production deployments": counted}, {"production deployments": not_counted}
    )


def _file_findings(file: TableSource, seen: Examined) -> Iterator[Finding]:
    if seen.n_problems:
        first = "; ".join(str(problem) for problem in seen.problems[:_SAMPLES])
        yield Finding(
            False, f"{file.name}: {seen.n_problems} errors: {first}", "Mend them; until then nothing loads."
        )
    else:
        yield Finding(True, f"{file.name}: {seen.rows} rows of {file.record.table}")
    if seen.n_repeated:
        yield Finding(
            False, repeated(file, seen), "Make the key unique, such as service and number together."
        )
    if seen.ignored:
        yield Finding(
            True,
            f"{file.name}: columns left out: {', '.join(seen.ignored)}",
            "Rename a column if it should be read; the names are in the documentation of neutral files.",
        )


def repeated(file: TableSource, seen: Examined) -> str:
    """What it means that rows of a file share a key."""
    key = ", ".join(file.record.key)
    return f"{file.name}: {seen.n_repeated} rows have the {key} of a row before them, which they replace"


def _unknown_finding(name: str, near: str) -> Finding:
    hint = f"Rename it to {near}.csv (or .parquet, .ndjson)" if near else "Name it after its table"
    return Finding(False, f"{name}: is not read, its name is not that of a table", f"{hint}, or remove it.")


_Key = tuple[str, str, bool | None]


@dataclass(slots=True)
class _Groups:
    """Deployments by environment, status and whether production was reached, with a few examples."""

    counts: Counter[_Key] = field(default_factory=Counter)
    examples: dict[_Key, str] = field(default_factory=dict)

    def add(self, table: pa.Table) -> None:
        keys = ["environment", "status", "reached_production"]
        grouped = table.group_by(keys).aggregate([("deployment_id", "count"), ("deployment_id", "min")])
        for row in grouped.to_pylist():
            key = (row["environment"], row["status"], row["reached_production"])
            self.counts[key] += row["deployment_id_count"]
            self.examples.setdefault(key, row["deployment_id_min"])

    def split(self, is_production: Callable[[str], bool]) -> tuple[Sequence[str], Sequence[str]]:
        """Lines for what counts, and lines with the reason for what does not."""
        counted, not_counted = [], []
        for key, n in sorted(self.counts.items(), key=lambda item: str(item[0])):
            environment, status, _ = key
            line = f"{environment}, {status}: {n} deployments, such as {self.examples[key]}"
            reason = _reason(key, is_production)
            if reason:
                not_counted.append(f"{line} ({reason})")
            else:
                counted.append(line)
        return counted, not_counted


def _reason(key: _Key, is_production: Callable[[str], bool]) -> str:
    """Why a deployment is no production deployment; empty if it is one."""
    environment, status, reached = key
    if not is_production(environment):
        return "the environment is not configured as production"
    if status == "failure" and not reached:
        return "failed before production" if reached is False else "failed, and reached_production is empty"
    return {"cancelled": "cancelled", "in_progress": "still in progress"}.get(status, "")
