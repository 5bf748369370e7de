"""The commands, one module per subject; importing this package registers them with `service.cli.app`."""

from service.commands import (
    assistant,
    backups,
    collecting,
    deciding,
    deploying,
    figures,
    goals,
    investment,
    ledger,
    looking,
    mapping,
    people,
    pruning,
    reporting,
    serving,
    starting,
)

__all__ = [
    "assistant",
    "backups",
    "collecting",
    "deciding",
    "deploying",
    "figures",
    "goals",
    "investment",
    "ledger",
    "looking",
    "mapping",
    "people",
    "pruning",
    "reporting",
    "serving",
    "starting",
]
