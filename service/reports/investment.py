"""The answer of the model as plain values, for JSON."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.roi.pert import Pert
from metrics.roi.result import RoiResult


def as_json(result: RoiResult) -> dict[str, Any]:
    """The whole result; money of rows as text with its cents, so that it stays exact."""
    plain: dict[str, Any] = _plain(result)
    for line, row in zip(result.lines, plain["lines"], strict=True):
        row |= {"amount_point": str(line.amount_point), "amount_pv": str(line.amount_pv)}
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name.rstrip("_"): _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Pert):
        return value._asdict()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
