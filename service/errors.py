"""What the command line says when it stops, and the exit code that says the same to a script.

PayoffError (1: something failed while the rest went on)
├── UsageError        (2: the command or the configuration is wrong; nothing was done)
├── BusyError         (3: another process holds the warehouse)
└── NoDataError       (4: there is nothing to read yet)
"""


class PayoffError(Exception):
    """Base of all errors that a command ends with; ``str()`` is what the operator reads."""

    exit_code = 1


class UsageError(PayoffError):
    """The command or the configuration is wrong."""

    exit_code = 2


class BusyError(PayoffError):
    """Another process holds the warehouse."""

    exit_code = 3


class NoDataError(PayoffError):
    """There is nothing to read yet."""

    exit_code = 4
