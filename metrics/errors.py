"""What can go wrong while computing.

MetricError
├── UnknownMetricError   no such metric; names the nearest one
└── ParameterError       a parameter, grouping or period that the metric does not take
"""


class MetricError(Exception):
    """Base of all errors of this package; ``str()`` is what the reader sees."""


class UnknownMetricError(MetricError):
    """There is no metric of this name."""


class ParameterError(MetricError):
    """The metric does not take this parameter or this value."""
