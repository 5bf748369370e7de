"""Progress of a run on stderr: a bar where a person watches, one line per resource where a log does."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from warehouse.mentions import Unmapped


class Listener(Protocol):
    """What a run tells while it goes on; several steps may be under way at once, each with its label."""

    def begin(self, label: str) -> None: ...

    def advance(self, label: str, done: int, total: int | None) -> None: ...

    def end(self, label: str, summary: str) -> None: ...


class Silence:
    """A listener for callers that look at the report alone."""

    def begin(self, label: str) -> None:
        pass

    def advance(self, label: str, done: int, total: int | None) -> None:
        pass

    def end(self, label: str, summary: str) -> None:
        pass


class ProgressListener:
    """A rich progress bar; off a terminal it prints a line when a step ends."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def begin(self, label: str) -> None:
        self.tasks[label] = self.progress.add_task(label, total=None)

    def advance(self, label: str, done: int, total: int | None) -> None:
        self.progress.update(self.tasks[label], completed=done, total=total)

    def end(self, label: str, summary: str) -> None:
        self.progress.remove_task(self.tasks.pop(label))
        self.console.print(f"{label}: {summary}", soft_wrap=True)


def rows_of(item: Unmapped) -> str:
    """What an unmapped name costs: ``900 deployments (90 %), 2 incidents (50 %)``."""
    parts = (
        f"{n:,} {table.replace('_', ' ')} ({item.shares[table]:.0%})" for table, n in item.by_table.items()
    )
    return ", ".join(parts)


def megabytes(n_bytes: int) -> str:
    """Bytes as people read them."""
    return f"{n_bytes / 1e6:,.1f} MB"
