"""What can go wrong in the model.

MetricError
└── RoiError
    ├── AssumptionError   an assumption that cannot be: unknown, out of order, out of bounds
    ├── CurrencyError     money of several currencies without a rate between them
    └── DoubleCountError  lines that would count the same thing twice
"""

from metrics.errors import MetricError


class RoiError(MetricError):
    """Base of the errors of this package."""


class AssumptionError(RoiError):
    """An assumption that cannot be; the message names it."""


class CurrencyError(RoiError):
    """Money of several currencies in one report."""


class DoubleCountError(RoiError):
    """Lines that would count the same thing twice."""
