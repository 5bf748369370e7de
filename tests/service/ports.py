"""Ports of this machine that tests listen on."""

import os
import socket
from random import SystemRandom

# Below those that connections going out are given, which could take a port before it is listened on.
_FIRST, _LAST = 15_000, 32_000
# Workers of one run take every so-manieth each: no two of them get the same one before it is listened on.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_given: set[int] = set()
# Not the shared generator, which tests of properties seed alike in every worker.
_chance = SystemRandom()


def free_port() -> int:
    """A port that nobody listens on, a different one with every call."""
    while True:
        port = _chance.randrange(_FIRST + _WORKER, _LAST, _WORKERS)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
