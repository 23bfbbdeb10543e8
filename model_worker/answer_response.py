"""The response that carries an answer, and closes its source however it ends."""

import logging
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.asgi import while_present
from arena.error_wire import openai_status, to_openai
from arena.errors import ArenaError
from arena.telemetry import REQUEST_HEADER, request_id

log = logging.getLogger(__name__)

EVENT_STREAM = "text/event-stream; charset=utf-8"
JSON = "application/json"


class Named:
    """Says in every response which request it answers: under the caller's name for it, or one of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = request_id(Headers(scope=scope).get(REQUEST_HEADER))

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (REQUEST_HEADER.encode(), name.encode())]}
            await send(message)

        await self._app(scope, receive, named)


def error_response(error: ArenaError) -> Response:
    """Write an error in OpenAI's shape, with its status and, where known, `Retry-After`."""
    headers = {} if error.retry_after is None else {"retry-after": str(math.ceil(error.retry_after))}
    return Response(orjson.dumps(to_openai(error)), openai_status(error), headers, JSON)


class AnswerResponse(Response):
    """Sends what an answer's source yields.

    The first piece is waited for before any header goes out, so that a refusal has its proper status. When the client
    leaves, whatever the source is waiting for is cancelled, and the source is closed.
    """

    def __init__(self, source: AsyncGenerator[bytes], media_type: str) -> None:
        super().__init__(media_type=media_type, headers={"cache-control": "no-store"})
        del self.headers["content-length"]
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the source ends or the client leaves."""
        async with aclosing(self._source):
            await while_present(receive, self._send_answer(scope, receive, send))

    async def _send_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            first = await anext(self._source)
        except ArenaError as error:
            await error_response(error)(scope, receive, send)
            return
        with suppress(OSError):  # the client has left: nobody is there to be told
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": first, "more_body": True})
            try:
                async for piece in self._source:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except ArenaError as error:
                await send({"type": "http.response.body", "body": as_event(to_openai(error)), "more_body": True})
            await send({"type": "http.response.body", "body": b""})


def as_event(payload: object) -> bytes:
    """Write one object as one server-sent event."""
    return b"data: " + orjson.dumps(payload) + b"\n\n"
