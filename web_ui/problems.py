"""Errors as responses: problem details whose `detail` is the sentence a visitor reads."""

import math

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from arena.error_wire import to_problem
from arena.errors import ArenaError, MethodNotAllowed, NotFound, RequestError
from web_ui.texts import say


def problem_response(error: ArenaError) -> Response:
    """Return the response for an error."""
    headers = {"cache-control": "no-store"}
    if error.retry_after is not None:
        headers["retry-after"] = str(math.ceil(error.retry_after))
    return JSONResponse(
        {**to_problem(error), "detail": say(error)},
        status_code=error.status,
        headers=headers,
        media_type="application/problem+json",
    )


def answer_errors(app: FastAPI) -> None:
    """Let every error of the application's own routes be answered with problem details."""

    async def ours(_: Request, error: Exception) -> Response:
        return problem_response(error if isinstance(error, ArenaError) else ArenaError())

    async def invalid(_: Request, _error: Exception) -> Response:
        return problem_response(RequestError())

    async def by_status(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        kinds = {404: NotFound, 405: MethodNotAllowed}
        return problem_response(kinds.get(status, RequestError if status < 500 else ArenaError)())

    app.add_exception_handler(ArenaError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, by_status)
