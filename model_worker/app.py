"""The worker: Chat Completions over HTTP for the models of one account."""

import logging
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, aclosing, asynccontextmanager
from typing import Any

import aiohttp
import orjson
from fastapi import FastAPI, Request
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from arena.addresses import is_near
from arena.errors import (
    AccessError,
    ArenaError,
    BodyTooLarge,
    KeyRequired,
    MethodNotAllowed,
    NotFound,
    RequestError,
    UnknownModel,
    WrongKey,
)
from arena.exposition import CONTENT_TYPE
from arena.model import ModelKind
from arena.telemetry import Span, span
from arena.worker import Heartbeat, WorkerCard
from model_worker.answer_response import EVENT_STREAM, JSON, AnswerResponse, Named, as_event, error_response
from model_worker.chat_request import ChatRequest, EmbeddingRequest, read_embedding_request, read_request
from model_worker.completion import Embedder, ServedModel, says_nothing
from model_worker.config import WorkerSettings
from model_worker.metrics import Metrics, call_attributes
from model_worker.registration import Registration
from model_worker.slots import Slots

log = logging.getLogger(__name__)


class Worker:
    """One worker process: its card, its models, its slots and its ties to the controllers."""

    def __init__(self, settings: WorkerSettings, card: WorkerCard, models: Mapping[str, ServedModel]) -> None:
        self.settings = settings
        self.card = card
        self.models = models
        self.slots = Slots({entry.name: entry.slots for entry in settings.models})
        self.metrics = Metrics(self.slots)
        self._calls = {entry.name: call_attributes(entry) for entry in settings.models}
        self.registration = Registration(
            card, settings.controllers, settings.key, pulse=lambda: Heartbeat(busy=self.slots.busy)
        )

    def leave(self) -> None:
        """Begin to stop: no new answers, and the controllers are told first. Safe to call from any thread."""
        self.slots.drain()
        self.registration.leave()

    def check_key(self, header: str) -> None:
        """Raise unless the header carries the key of our card."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise KeyRequired
        if not secrets.compare_digest(token.strip().encode(), self.card.key.get_secret_value().encode()):
            raise WrongKey

    async def read(self, request: Request) -> ChatRequest:
        """Read a chat request for one of our models."""
        chat = read_request(await self._body(request))
        if self._kind(chat.model) is not ModelKind.CHAT:
            raise RequestError("model: this one makes embeddings only: ask /v1/embeddings")
        return chat

    async def read_embedding(self, request: Request) -> EmbeddingRequest:
        """Read a wish for vectors by one of our models."""
        wish = read_embedding_request(await self._body(request))
        if self._kind(wish.model) is not ModelKind.EMBEDDING:
            raise RequestError("model: this one makes no embeddings")
        return wish

    async def _body(self, request: Request) -> bytes:
        raw = bytearray()
        async for piece in request.stream():
            raw += piece
            if len(raw) > self.settings.body_limit:
                raise BodyTooLarge
        return bytes(raw)

    def _kind(self, model: str) -> ModelKind:
        entry = next((entry for entry in self.settings.models if entry.name == model), None)
        if entry is None:
            raise UnknownModel
        return entry.kind

    def embed(self, wish: EmbeddingRequest) -> AnswerResponse:
        """Return the response that will hold the vectors. It holds nothing before its first step."""
        return AnswerResponse(self._vectors(wish), JSON)

    async def _vectors(self, wish: EmbeddingRequest) -> AsyncGenerator[bytes]:
        model = self.models[wish.model]
        if not isinstance(model, Embedder):
            raise RequestError("model: this one makes no embeddings")
        with self.metrics.answering(wish.model), self.slots.lease(wish.model), self._call(wish.model, "embeddings"):
            vectors = await model.embed(wish)
        yield orjson.dumps(vectors)

    def answer(self, chat: ChatRequest) -> AnswerResponse:
        """Return the response that will answer. It holds nothing before its first step."""
        if chat.is_stream:
            return AnswerResponse(self._events(chat), EVENT_STREAM)
        return AnswerResponse(self._whole(chat), JSON)

    async def _events(self, chat: ChatRequest) -> AsyncGenerator[bytes]:
        """Yield the events of a stream. The first word brings those before it: until then a failure has its status."""
        with self.metrics.answering(chat.model), self.slots.lease(chat.model), self._call(chat.model) as call:
            async with aclosing(self.models[chat.model].stream(chat)) as chunks:
                opening: bytes | None = b""
                async for chunk in chunks:
                    if opening is None:
                        yield as_event(chunk)
                    elif says_nothing(chunk):
                        opening += as_event(chunk)
                    else:
                        call.event("first word")
                        yield opening + as_event(chunk)
                        opening = None
        yield b"data: [DONE]\n\n"

    async def _whole(self, chat: ChatRequest) -> AsyncGenerator[bytes]:
        with self.metrics.answering(chat.model), self.slots.lease(chat.model), self._call(chat.model):
            completion = await self.models[chat.model].complete(chat)
        yield orjson.dumps(completion)

    def _call(self, model: str, what: str = "chat") -> AbstractContextManager[Span]:
        """Return the span of one call of a model: at its vendor's, unless it is ours."""
        return span(f"{what} {model}", {**self._calls[model], "gen_ai.operation.name": what}, "client")

    def check_observer(self, request: Request) -> None:
        """Refuse to tell what was counted to those who are not near."""
        peer = request.client.host if request.client else ""
        if not is_near(request.headers, peer, self.settings.observers):
            raise AccessError

    def model_list(self) -> dict[str, Any]:
        """Return our models in OpenAI's shape."""
        entries = ((entry.name, entry.organisation or "arena") for entry in self.settings.models)
        models = [{"id": name, "object": "model", "created": 0, "owned_by": owner} for name, owner in entries]
        return {"object": "list", "data": models}


def create_app(worker: Worker) -> FastAPI:
    """Return the worker's server. It registers when it starts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with aiohttp.ClientSession() as http, worker.registration.kept(http):
            yield
            worker.leave()
        for model in worker.models.values():
            await model.close()

    app = FastAPI(title="Arena worker", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/v1/chat/completions")
    async def chat_completions(request: Request) -> Response:
        worker.check_key(request.headers.get("authorization", ""))
        return worker.answer(await worker.read(request))

    @app.post("/v1/embeddings")
    async def embeddings(request: Request) -> Response:
        worker.check_key(request.headers.get("authorization", ""))
        return worker.embed(await worker.read_embedding(request))

    @app.get("/v1/models")
    async def models(request: Request) -> Response:
        worker.check_key(request.headers.get("authorization", ""))
        return JSONResponse(worker.model_list())

    @app.get("/health")
    async def health() -> Response:
        slots = worker.slots
        status = "draining" if slots.is_draining else "ok"
        return JSONResponse({"status": status, "busy": slots.busy, "slots": slots.total})

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        worker.check_observer(request)
        return Response(worker.metrics.text(), media_type=CONTENT_TYPE)

    _speak_openai_errors(app)
    app.add_middleware(Named)
    return app


def _speak_openai_errors(app: FastAPI) -> None:
    @app.exception_handler(ArenaError)
    async def arena_error(_: Request, error: ArenaError) -> Response:
        return error_response(error)

    @app.exception_handler(404)
    async def no_such_address(_: Request, __: Exception) -> Response:
        return error_response(NotFound())

    @app.exception_handler(405)
    async def no_such_method(_: Request, __: Exception) -> Response:
        return error_response(MethodNotAllowed())

    @app.exception_handler(ClientDisconnect)
    async def nobody_listens(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    @app.exception_handler(Exception)
    async def our_mistake(_: Request, __: Exception) -> Response:
        return error_response(ArenaError())
