"""What the tools share: the published snapshots, the configuration, the clock."""

from dataclasses import dataclass, field

from metrics.catalog import metric_named
from service.api.asking import Question
from service.api.published import Shelf
from service.configuration.config import Settings
from service.figures import Asked
from service.running.run_report import Clock
from warehouse.engine import utc_now


@dataclass(frozen=True)
class Desk:
    """Where the tools read."""

    settings: Settings
    clock: Clock = utc_now
    shelf: Shelf = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shelf", Shelf(self.settings))

    def about(self, metric: str, question: Question) -> Asked:
        """What is asked of a metric.

        Raises
        ------
        UnknownMetricError, ProblemError, UsageError : there is none, or its arguments do not fit.
        """
        return question.about(metric_named(metric).name, self.clock().date())
