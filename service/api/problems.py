"""Errors of the API as `application/problem+json` (RFC 9457): what happened and what to do, no secret."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from metrics.errors import MetricError, UnknownMetricError
from service.errors import UsageError
from warehouse.errors import StorageError

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class ProblemError(Exception):
    """A request that is refused. ``errors`` name the fields that are wrong, each with the reason."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = tuple(errors), dict(headers or {})


class Problem(BaseModel):
    """What an error says. `errors` name the fields that do not fit, each with the reason."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Answers of these statuses, as the description of a route tells them."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def problem(
    status: int,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that tells of a problem."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        content["errors"] = jsonable_encoder(errors)
    return JSONResponse(content, status, dict(headers or {}), MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of ``app`` leave as a problem."""
    app.add_exception_handler(ProblemError, answered)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(MetricError, _misasked)
    app.add_exception_handler(UsageError, _misasked)
    app.add_exception_handler(StorageError, _unavailable)
    app.add_exception_handler(Exception, _failed)


async def answered(request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that ended with a `ProblemError`."""
    assert isinstance(error, ProblemError)  # noqa: S101
    return problem(error.status, error.detail, errors=error.errors, headers=error.headers)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    return problem(error.status_code, str(error.detail), headers=error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """The values that were sent are left out: they may be secret."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = [{"field": ".".join(map(str, e["loc"][1:])), "message": e["msg"]} for e in error.errors()]
    fields = ", ".join(item["field"] for item in errors)
    return problem(422, f"These fields are not as expected: {fields}.", errors=errors)


async def _misasked(request: Request, error: Exception) -> JSONResponse:
    """The message names what there is, and the nearest to what was asked for."""
    return problem(404 if isinstance(error, UnknownMetricError) else 422, str(error))


async def _unavailable(request: Request, error: Exception) -> JSONResponse:
    """Nothing was stored, so that whoever asks must ask again."""
    _log.error("path=%s %s", request.url.path, error)
    return problem(503, "Payoff cannot store this now; send it again.", headers={"Retry-After": "60"})


async def _failed(request: Request, error: Exception) -> JSONResponse:
    _log.error("path=%s failed with %s", request.url.path, type(error).__name__)
    return problem(500, "Payoff failed to answer this. Its log on the server says more.")
