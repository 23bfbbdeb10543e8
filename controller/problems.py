"""Errors become responses, in one place: problem details, or OpenAI's shape under `/v1`."""

import math
import re
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import JSONResponse, Response

from arena.error_wire import openai_status, to_openai, to_problem
from arena.errors import ArenaError, MalformedJson, MethodNotAllowed, NotFound, RequestError

FIELD_NAME = re.compile(r"[a-z_0-9]{1,40}")


def respond(request: Request, error: ArenaError) -> Response:
    """Return the response that says what went wrong."""
    if request.url.path.startswith("/v1/"):
        return respond_as_openai(error)
    return JSONResponse(to_problem(error), error.status, _headers(error), media_type="application/problem+json")


def respond_as_openai(error: ArenaError) -> Response:
    """Return the response that says it as OpenAI's API does."""
    return JSONResponse(to_openai(error), openai_status(error), _headers(error))


def _headers(error: ArenaError) -> dict[str, str]:
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(math.ceil(error.retry_after))
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def _of_validation(errors: Sequence[Any]) -> ArenaError:
    """Name the fields that are wrong. What was sent is never repeated."""
    if any(error["type"] == "json_invalid" for error in errors):
        return MalformedJson()
    return RequestError("; ".join(f"{_place(error['loc'])}: {error['msg']}" for error in errors[:5]))


def _place(path: Sequence[str | int]) -> str:
    """Name a field, if its name can be one of ours."""
    names = [str(each) for each in path if each != "body"]
    return ".".join(name if FIELD_NAME.fullmatch(name) else "?" for name in names) or "body"


def _of_framework(error: StarletteHTTPException) -> ArenaError:
    by_status: dict[int, type[ArenaError]] = {400: MalformedJson, 404: NotFound, 405: MethodNotAllowed}
    return by_status.get(error.status_code, RequestError if error.status_code < 500 else ArenaError)()


def install(app: FastAPI) -> None:
    """Install the handlers."""

    @app.exception_handler(ArenaError)
    async def _ours(request: Request, error: ArenaError) -> Response:  # pyright: ignore[reportUnusedFunction]
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:  # pyright: ignore[reportUnusedFunction]
        return respond(request, _of_validation(error.errors()))

    @app.exception_handler(StarletteHTTPException)
    async def _framework(request: Request, error: StarletteHTTPException) -> Response:  # pyright: ignore[reportUnusedFunction]
        answer = respond(request, _of_framework(error))
        answer.headers.update(error.headers or {})  # which methods there are
        return answer

    @app.exception_handler(Exception)
    async def _unknown(request: Request, error: Exception) -> Response:  # pyright: ignore[reportUnusedFunction]  # noqa: ARG001
        return respond(request, ArenaError())
