"""The OpenAI-compatible gateway: bytes pass through, only the model's name is read."""

import contextlib
import time
from collections.abc import AsyncGenerator
from typing import Any

import orjson
from starlette.responses import Response

from arena.asgi import Receive, while_present
from arena.error_wire import to_openai
from arena.errors import ArenaError, MalformedJson, NoWorker, RequestError, WorkersBusy
from arena.model import ModelEntry
from controller.answering import Attempts
from controller.callers import Caller
from controller.event_stream import STREAM_START, Scope, Send
from controller.routing.demand import Demand, Priority
from controller.services import Services


def _card(entry: ModelEntry) -> dict[str, object]:
    return {"id": entry.name, "object": "model", "created": 0, "owned_by": entry.organisation or "arena"}


def model_cards(services: Services, caller: Caller) -> dict[str, object]:
    """Return OpenAI's model list."""
    entries = [each for each in services.catalogue.reachable() if not each.secret and caller.may_use(each)]
    return {"object": "list", "data": [_card(entry) for entry in entries]}


def model_card(services: Services, caller: Caller, name: str) -> dict[str, object]:
    """Return one entry of the model list."""
    return _card(_allowed(services, caller, name))


def _allowed(services: Services, caller: Caller, name: object) -> ModelEntry:
    if not isinstance(name, str) or not name:
        raise RequestError("The field `model` is required: the name of a model as `GET /v1/models` lists it.")
    entry = services.catalogue.choose(name)
    caller.check(entry)
    return entry


def _read(body: bytes) -> dict[str, Any]:
    try:
        fields: Any = orjson.loads(body)
    except ValueError as error:
        raise MalformedJson from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    return fields


def complete(services: Services, caller: Caller, body: bytes) -> Response:
    """Return the response that passes a request on to a worker of its model, and the worker's answer back."""
    fields = _read(body)
    entry = _allowed(services, caller, fields.get("model"))
    services.callers.admit(caller, time.monotonic())
    services.spending.check(entry)
    is_stream = bool(fields.get("stream"))
    return Relay(_chunks(services, entry.name, body, is_stream=is_stream), is_stream=is_stream)


class Relay(Response):
    """Passes a worker's answer on. What it needs is taken when it is called, and given back however that ends."""

    def __init__(self, chunks: AsyncGenerator[bytes], *, is_stream: bool) -> None:
        super().__init__()
        self._chunks = chunks
        self._is_stream = is_stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the answer ends or the client leaves. An error before the first chunk is raised, no head sent."""
        async with contextlib.aclosing(self._chunks):
            await while_present(receive, self._stream(send) if self._is_stream else self._whole(scope, receive, send))

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = b"".join([chunk async for chunk in self._chunks])
        await Response(whole, media_type="application/json")(scope, receive, send)

    async def _stream(self, send: Send) -> None:
        chunk = await anext(self._chunks, b"")
        await send(dict(STREAM_START))
        try:
            while chunk:
                await send(_body(chunk))
                chunk = await anext(self._chunks, b"")
        except ArenaError as error:
            # The 200 has long been sent: the client reads it as OpenAI's own clients do.
            await send(_body(b"\n\ndata: " + orjson.dumps(to_openai(error)) + b"\n\n"))
        await send({"type": "http.response.body", "body": b""})


def _body(chunk: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": chunk, "more_body": True}


async def _chunks(services: Services, model: str, body: bytes, *, is_stream: bool) -> AsyncGenerator[bytes]:
    attempts = Attempts(services.pool, Demand(model, Priority.CLIENT))
    while True:
        try:
            async with attempts.lease() as lease:
                relayed = services.workers.relay(lease.card, body, is_stream=is_stream)
                try:
                    async with contextlib.aclosing(relayed) as chunks:
                        async for chunk in chunks:
                            attempts.has_shown = True
                            lease.first_word()
                            yield chunk
                except ArenaError as error:
                    attempts.failed(lease, error)
                else:
                    return
        except (NoWorker, WorkersBusy) as error:
            raise attempts.nobody_left(error) from None
