"""The OpenAI-compatible gateway: bytes pass through, only the model's name is read."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
from pydantic import SecretStr
from starlette.responses import Response

from arena.errors import (
    ArenaError,
    KeyRequired,
    MalformedJson,
    NoWorker,
    RequestError,
    WorkersBusy,
    WrongKey,
    to_openai,
)
from arena.model import ModelEntry, WorkerKind
from controller.access import bearer, is_key, is_plain_loopback
from controller.answering import Attempts
from controller.event_stream import StreamResponse
from controller.services import Services
from controller.worker_client import as_ours


@dataclass(frozen=True, slots=True)
class Caller:
    """Without a key only demo models can be reached, and only from this very machine."""

    has_key: bool

    @classmethod
    def of(cls, headers: Mapping[str, str], peer: str, key: SecretStr) -> "Caller":
        """Say who calls; refuse a wrong key, and no key from elsewhere."""
        given = bearer(headers)
        if is_key(given, key):
            return cls(has_key=True)
        if is_plain_loopback(headers, peer):
            return cls(has_key=False)
        raise KeyRequired if given is None else WrongKey

    def may_use(self, entry: ModelEntry) -> bool:
        """Whether this caller may use a model."""
        return self.has_key or entry.worker is WorkerKind.DEMO


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
    if not caller.may_use(entry):
        raise KeyRequired
    return entry


def _read(body: bytes) -> dict[str, Any]:
    try:
        fields: Any = orjson.loads(body)
    except ValueError as error:
        raise MalformedJson from error
    if not isinstance(fields, dict):
        raise RequestError("The body must be a JSON object.")
    return fields


async def complete(services: Services, caller: Caller, body: bytes) -> Response:
    """Pass a request on to a worker of its model, and the worker's answer back."""
    fields = _read(body)
    entry = _allowed(services, caller, fields.get("model"))
    chunks = _chunks(services, entry.name, body)
    try:
        # The first chunk decides the status: until it is there, another worker can be tried.
        first = await anext(chunks)
    except StopAsyncIteration:
        first = b""
    except BaseException:
        await chunks.aclose()
        raise
    if fields.get("stream"):
        return StreamResponse(_after(first, chunks))
    async with contextlib.aclosing(chunks):
        whole = b"".join([first, *[chunk async for chunk in chunks]])
    return Response(whole, media_type="application/json")


async def _after(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(rest):
        yield first
        try:
            async for chunk in rest:
                yield chunk
        except ArenaError as error:
            # The 200 has long been sent: the client reads it as OpenAI's own clients do.
            yield b"\n\ndata: " + orjson.dumps(to_openai(error)) + b"\n\n"


async def _chunks(services: Services, model: str, body: bytes) -> AsyncGenerator[bytes]:
    attempts = Attempts(services.pool)
    while True:
        try:
            with services.pool.lease(model, attempts.tried) as seat:
                try:
                    async with services.workers.post(seat.card, body) as response:
                        with as_ours():
                            async for chunk in _read_chunks(response):
                                attempts.has_shown = True
                                yield chunk
                except ArenaError as error:
                    attempts.failed(seat.card.id, error)
                else:
                    return
        except (NoWorker, WorkersBusy) as error:
            raise attempts.nobody_left(error) from None


async def _read_chunks(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    async for chunk in response.content.iter_any():
        yield chunk
