"""What can go wrong when something is sent. No message holds a secret or an address.

SendingError        it did not arrive, and trying again changes nothing
├── PassingError    it did not arrive, and may do so later
└── UnclearError    it was handed over and nobody said whether it was taken
"""


class SendingError(Exception):
    """It was refused; ``str()`` says by whom and what to check."""


class PassingError(SendingError):
    """It was not taken this time; ``after_seconds`` is how long the other side asks to wait."""

    def __init__(self, message: str, after_seconds: float = 0) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class UnclearError(SendingError):
    """Everything was sent, and no answer came but perhaps that of a gateway, so it may have arrived."""
