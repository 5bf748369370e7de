"""Answers that a reader may keep: JSON or CSV with an ETag, or 304 where the reader has it already."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Response

from service.api.published import is_known

JSON = "application/json"
# What a route describes besides its answer and its refusals.
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The reader has this answer already."}}
CSV = "text/csv; charset=utf-8"


def unchanged(tag: str, if_none_match: str) -> Response | None:
    """304 where the reader has the answer with this tag."""
    return Response(status_code=304, headers=_headers(tag)) if is_known(tag, if_none_match) else None


def answer(
    content: bytes, media_type: str, tag: str, *, name: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """The content; with a name it is a file to keep."""
    all_headers = _headers(tag) | dict(headers or {})
    if name:
        all_headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers=all_headers)


def as_json(value: Any) -> bytes:
    """JSON as UTF-8; a number that is none is refused rather than written as NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _headers(tag: str) -> dict[str, str]:
    """Kept by its reader only, and asked for again each time: a new snapshot shows at once."""
    return {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Authorization",
    }
