"""What `payoff doctor` shows of a folder of neutral files before anything is stored."""

from collections.abc import Callable, Iterator, Mapping

from collectors.base import Finding, Preview
from collectors.files.find import Found, TableSource
from collectors.files.read import Examined, tables
from collectors.tally import Tally
from collectors.verdicts import JUDGES

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
    """Files, rows, columns left out, and what their rows would count as and what they would not."""
    findings = [line for file in found.tables for line in _file_findings(file, examined[file.name])]
    findings += [_unknown_finding(name, near) for name, near in found.unknown]
    if not any(file.record.table == "coverage" for file in found.tables):
        findings.append(Finding(False, NO_COVERAGE, NO_COVERAGE_REMEDY))
    tally = Tally(is_production)
    for file in found.tables:
        if file.record.table in JUDGES and not examined[file.name].n_problems:
            for table in tables(file, page_rows):
                tally.add(file.record.table, table)
    return Preview(tuple(findings), tally.counted, tally.not_counted)


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
