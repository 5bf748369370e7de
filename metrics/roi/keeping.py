"""A result of the model as bytes that lie in a snapshot, and back."""

import zlib

from pydantic import TypeAdapter

from metrics.roi.result import RoiResult

_RESULT = TypeAdapter(RoiResult)


def pack(result: RoiResult) -> bytes:
    """The result, compressed: every line repeats what its kind is."""
    return zlib.compress(_RESULT.dump_json(result), 1)


def unpack(body: bytes) -> RoiResult:
    """The result again."""
    return _RESULT.validate_json(zlib.decompress(body))


def is_same(one: RoiResult, other: RoiResult) -> bool:
    """Whether two results agree in every digit; equality alone would take 1.0 and 1.00 for the same."""
    return repr(one) == repr(other)
