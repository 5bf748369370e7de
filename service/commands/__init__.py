"""The commands, one module per subject; to import one registers its commands with `service.cli.app`."""

from importlib import import_module

# Where each command is: whoever runs one waits for the import of what that one needs, and of nothing else.
SUBJECTS = {
    "audit": ("auditing",),
    "backfill": ("collecting",),
    "backup": ("backups",),
    "collect": ("collecting",),
    "demo": ("collecting",),
    "deploy": ("deploying",),
    "digest": ("digests",),
    "doctor": ("looking",),
    "export": ("figures",),
    "goals": ("goals",),
    "init": ("starting",),
    "ledger": ("ledger", "deciding"),
    "mapping": ("mapping",),
    "mcp": ("assistant",),
    "metrics": ("figures",),
    "people": ("people",),
    "prune": ("pruning",),
    "replay": ("collecting",),
    "report": ("reporting",),
    "restore": ("backups",),
    "roi": ("investment",),
    "runs": ("deploying",),
    "serve": ("serving",),
}


def register(command: str = "") -> None:
    """Register a command with the app; all of them where none is named, or one that there is not."""
    for subject in SUBJECTS.get(command) or sorted({each for names in SUBJECTS.values() for each in names}):
        import_module(f"service.commands.{subject}")
