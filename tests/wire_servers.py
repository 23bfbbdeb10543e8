"""Local servers that speak the providers' wire formats. The model's name in a request says how they behave."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests.serving import serving

Body = dict[str, Any]
Events = AsyncGenerator[bytes]


class WireServer:
    """Remembers what it was asked, and when a client left in the middle."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[Body] = []
        self.headers: list[Mapping[str, str]] = []
        self.raws: list[bytes] = []
        self.requests: list[Request] = []
        self.began = threading.Event()
        self.left = threading.Event()
        self.left_at = 0.0

    async def read(self, request: Request) -> Body:
        body = await request.json()
        self.bodies.append(body)
        self.headers.append(request.headers)
        self.raws.append(await request.body())
        self.requests.append(request)
        return body


class WireStream(Response):
    """Streams; says so when the client left before the end. A `ConnectionError` in the source cuts the connection."""

    def __init__(self, server: WireServer, events: Events) -> None:
        super().__init__(media_type="text/event-stream")
        self._server = server
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(self._until_left(receive))
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if not sending.done():
            sending.cancel()
            self._server.left_at = time.monotonic()
            self._server.left.set()
            return
        await sending

    async def _send(self, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        with suppress(ConnectionError):
            async for event in self._events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
                self._server.began.set()
            await send({"type": "http.response.body", "body": b""})

    async def _until_left(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


FAULTS: Mapping[str, tuple[int, Mapping[str, str], str, str]] = {
    # how: status, headers, error type, message; servers that tell the key to whoever asks
    "bad-key": (401, {}, "authentication_error", "Incorrect API key provided: sk-SECRET"),
    "forbidden": (403, {}, "permission_error", "no access for sk-SECRET"),
    "unknown-model": (404, {}, "not_found_error", "the model SECRET does not exist"),
    "rate-limit": (429, {"retry-after": "7"}, "rate_limit_error", "slow down, SECRET"),
    "overloaded": (503, {}, "overloaded_error", "SECRET is overloaded"),
    "overloaded-529": (529, {}, "overloaded_error", "SECRET is overloaded"),
    "server-error": (500, {}, "api_error", "SECRET stack trace"),
    "refused": (400, {}, "invalid_request_error", "SECRET is not allowed"),
    "too-large": (413, {}, "request_too_large", "SECRET"),
    "content": (400, {}, "content_policy_violation", "SECRET"),
    "used-up": (429, {}, "insufficient_quota", "SECRET"),
    "payment": (402, {}, "SECRET", "SECRET"),
}


def fault(model: str) -> Response | None:
    """Return the error that a model's name asks for."""
    if model not in FAULTS:
        return None
    status, headers, kind, message = FAULTS[model]
    error = {"message": f"{message} sk-SECRET", "type": kind, "code": kind, "param": "sk-SECRET"}
    hostile = {"x-request-id": "sk-SECRET", "request-id": "sk-SECRET", "www-authenticate": "Bearer sk-SECRET"}
    return JSONResponse({"type": "error", "error": error}, status, {**hostile, **headers})


HANG = b"hang"
CUT = b"cut"


async def play(script: list[bytes]) -> Events:
    """Send a script's events; at HANG wait until the client leaves, at CUT break the connection."""
    for event in script:
        if event == HANG:
            await asyncio.Event().wait()
        if event == CUT:
            raise ConnectionError
        yield event


def openai_chunk(delta: Body, finish_reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    chunk = {"id": "up-1", "object": "chat.completion.chunk", "created": 7, "model": "upstream-name"}
    return b"data: " + json.dumps({**chunk, "choices": [choice], **more}).encode() + b"\n\n"


def openai_error(kind: str, message: str = "SECRET") -> bytes:
    return b"data: " + json.dumps({"error": {"message": message, "type": kind, "code": kind}}).encode() + b"\n\n"


TOOL_CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a":'}}


def openai_script(body: Body) -> list[bytes]:
    opening, hello = openai_chunk({"role": "assistant", "content": ""}), openai_chunk({"content": "Hello"})
    world, end, done = openai_chunk({"content": " world"}), openai_chunk({}, "stop"), b"data: [DONE]\n\n"
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    counted = {"id": "up-1", "model": "upstream-name", "choices": [], "usage": usage}
    thought = openai_chunk({"reasoning_content": "Hm."}, unheard_of={"kept": True})
    rest = openai_chunk({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]})
    found = b'data: {"choices": [], "model": "", "prompt_filter_results": [{"prompt_index": 0}]}\n\n'
    wants_usage = (body.get("stream_options") or {}).get("include_usage")
    tail = [b"data: " + json.dumps(counted).encode() + b"\n\n", done] if wants_usage else [done]
    scripts = {
        "hang-before": [HANG],
        "hang": [opening, hello, HANG],
        "cut": [opening, hello, CUT],
        "garbage": [opening, hello, b"data: {SECRET\n\n", done],
        "html": [b"<html>SECRET is under maintenance</html>"],
        "error-first": [opening, openai_error("overloaded_error")],
        "azures-opening": [found, opening, openai_error("overloaded_error")],
        "error-later": [opening, hello, openai_error("rate_limit_exceeded")],
        "unfinished": [opening, hello, done],
        "filtered": [opening, hello, openai_chunk({}, "content_filter"), done],
        "long": [opening, hello, openai_chunk({}, "length"), *tail],
        "reasoning": [opening, thought, hello, end, *tail],
        "tools": [opening, openai_chunk({"tool_calls": [TOOL_CALL]}), rest, openai_chunk({}, "tool_calls"), *tail],
    }
    return scripts.get(body["model"], [opening, hello, world, end, *tail])


def openai_whole(body: Body) -> Response:
    if body["model"] == "garbage":
        return PlainTextResponse("SECRET", media_type="application/json")
    message: Body = {"role": "assistant", "content": "Hello world", "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    if body["model"] == "tools":
        function = {"name": "add", "arguments": '{"a":1}'}
        message |= {"content": None, "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
        choice["finish_reason"] = "tool_calls"
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    completion = {"id": "up-2", "object": "chat.completion", "created": 7, "model": "upstream-name"}
    return JSONResponse({**completion, "choices": [choice] * (body.get("n") or 1), "usage": usage})


def openai_refusal(body: Body) -> Response | None:
    """Errors that only OpenAI's wire knows."""
    match body["model"]:
        case "context":
            error = {"message": "maximum context length is 8 SECRET", "type": "x", "code": "context_length_exceeded"}
        case "azures-filter":
            inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True}}}
            error = {
                "message": "SECRET",
                "type": None,
                "param": "prompt",
                "code": "content_filter",
                "innererror": inner,
            }
        case "uncounted" if "stream_options" in body:
            return JSONResponse({"message": "Unrecognized request argument supplied: stream_options"}, 422)
        case "thinker" if "temperature" in body:
            error = {"message": "SECRET", "type": "x", "param": "temperature", "code": "unsupported_value"}
        case "thinker" if "max_tokens" in body:
            error = {"message": "SECRET", "type": "x", "param": "max_tokens", "code": "unsupported_parameter"}
        case _:
            return None
    return JSONResponse({"error": error}, 400)


def openai_app(server: WireServer) -> Starlette:
    async def complete(request: Request) -> Response:
        body = await server.read(request)
        if (refusal := fault(body["model"]) or openai_refusal(body)) is not None:
            return refusal
        if body.get("stream"):
            return WireStream(server, play(openai_script(body)))
        return WireStream(server, play([b" ", HANG])) if body["model"] == "hang" else openai_whole(body)

    async def embed(request: Request) -> Response:
        body = await server.read(request)
        if (refusal := fault(body["model"])) is not None:
            return refusal
        if body["model"] == "garbage":
            return JSONResponse({"SECRET": 1})
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        data = [{"object": "embedding", "index": at, "embedding": [0.5, -1]} for at in range(len(texts))]
        usage = {"prompt_tokens": 3, "total_tokens": 3}
        return JSONResponse({"object": "list", "data": data, "model": "upstream-name", "usage": usage})

    bases = ("/v1", "/openai/v1", "/openai/deployments/{deployment}")
    chats = [Route(f"{base}/chat/completions", complete, methods=["POST"]) for base in bases]
    return Starlette(routes=[*chats, *(Route(f"{base}/embeddings", embed, methods=["POST"]) for base in bases)])


@contextmanager
def wire_server(app: Callable[[WireServer], Starlette]) -> Generator[WireServer]:
    """Serve a provider's wire while inside."""
    server = WireServer()
    with serving(app(server), drain_seconds=1) as url:
        server.url = url
        yield server
