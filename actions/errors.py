"""What can go wrong with an action.

    ActionError
    ├── TemplateError    the template is broken: its author must mend it
    ├── RefusedError     the request is not allowed or not valid; nothing was done
    │   ├── InputError   a field of the request is not valid: ``problems`` name the fields
    │   └── PolicyError  the request breaks rules of the organisation: ``reasons`` say which
    ├── ConflictError    what is asked for cannot be done in the state that the repository is in
    └── TransportError   the repository or the tracker could not be reached; try again later

Every message says what happened, to what, and what to do next. No message holds a token or a person's name.
"""

from collections.abc import Mapping, Sequence


class ActionError(Exception):
    """Base of all errors of this package; ``str()`` is what the requester reads."""


class TemplateError(ActionError):
    """A template cannot be read or rendered."""


class RefusedError(ActionError):
    """The request was refused before anything was done."""


class InputError(RefusedError):
    """Fields of a request are not valid; ``problems`` maps each field (dotted) to its message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = dict(problems)


class PolicyError(RefusedError):
    """Rules of the organisation forbid the request; ``reasons`` are sentences."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)


class ConflictError(ActionError):
    """The repository holds something that the request would overwrite, or lacks what it would change."""


class TransportError(ActionError):
    """A repository or a tracker did not answer as it should."""
