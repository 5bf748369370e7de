"""One writer at a time: an advisory lock of the operating system on a small file that says who holds it.

The lock belongs to the process, so it ends with it, however it ends; the text in the file is only for
people and is never trusted to decide whether the lock is held.
"""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.errors import WarehouseBusyError

POLL_SECONDS = 0.05


@dataclass(slots=True)
class WriterLock:
    """A held lock; ``release`` gives it back."""

    path: Path
    _descriptor: int

    @classmethod
    def acquire(cls, path: Path, *, wait_seconds: float, since: datetime) -> "WriterLock":
        """The lock, as soon as nobody else holds it.

        Raises
        ------
        WarehouseBusyError : it is still held after ``wait_seconds``.
        OSError : the file cannot be written.
        """
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            _wait(path, descriptor, wait_seconds)
            _describe(descriptor, since)
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor)

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two processes lock two files."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _wait(path: Path, descriptor: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            raise WarehouseBusyError(
                f"{path.parent}: {_holder(path)} is writing to this warehouse; waited {wait_seconds:g} s. "
                "Wait until it has ended or end it, or raise storage.lock_wait_seconds."
            )
        time.sleep(POLL_SECONDS)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _describe(descriptor: int, since: datetime) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": _command(),
        "since": since.isoformat(timespec="seconds"),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _command() -> str:
    """The program and its subcommand; options are left out, for they may hold secrets."""
    words = [Path(sys.argv[0]).name or "python", *sys.argv[1:2]]
    return " ".join(word for word in words if not word.startswith("-"))


def _holder(path: Path) -> str:
    try:
        holder: Mapping[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return "another process"
    return "process {pid} ({command}) on {host} since {since}".format_map(holder)
