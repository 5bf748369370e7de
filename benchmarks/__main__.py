"""`python -m benchmarks S|L`: load, link, publish, the five keys, money and pages, in one run, as ratios.

Every step runs in a process of its own, so that its peak memory is its own. The scan limit is the time
that DuckDB needs to read and aggregate the same columns: no computation over them can be faster.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.steps import STEPS

OUT = Path(__file__).parent / "out"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("size", choices=("S", "L"))
    parser.add_argument("--directory", type=Path, help="where data is kept (default: benchmarks/out/SIZE)")
    parser.add_argument("--only", nargs="*", choices=STEPS, help="only these steps, on data that is there")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    directory = arguments.directory or OUT / arguments.size
    if arguments.step:
        print(json.dumps(STEPS[arguments.step](directory, arguments.size)))
        return
    results = {step: _run(step, arguments.size, directory) for step in arguments.only or STEPS}
    _print(arguments.size, results)
    (directory / "results.json").write_text(json.dumps(results, indent=1))


def _run(step: str, size: str, directory: Path) -> dict[str, float | str]:
    """The figures of a step, measured in a fresh process."""
    print(f"{step} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks", size, "--directory", str(directory), "--step", step]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _print(size: str, results: dict[str, dict[str, float | str]]) -> None:
    table = Table("step", "figure", "value", title=f"Size {size}", box=None)
    for step, figures in results.items():
        for name, value in figures.items():
            shown = f"{value:,.3f}" if isinstance(value, float) else str(value)
            table.add_row(step, name.replace("_", " "), shown)
    Console().print(table)


if __name__ == "__main__":
    main()
