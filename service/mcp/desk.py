"""What the tools share: the published snapshots and the configuration."""

from dataclasses import dataclass, field

from service.api.published import Shelf
from service.configuration.config import Settings


@dataclass(frozen=True)
class Desk:
    """Where the tools read."""

    settings: Settings
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shelf", Shelf(self.settings))
