"""A local server that speaks Anthropic's Messages API. The model's name in a request says how it behaves."""

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.wire_servers import CUT, HANG, Body, WireServer, WireStream, fault, play


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def delta(kind: str, index: int = 0, **fields: Any) -> bytes:
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def block(index: int = 0, **fields: Any) -> bytes:
    return event("content_block_start", index=index, content_block=fields)


MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "upstream-name", "content": []}
USAGE = {"input_tokens": 3, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 0, "output_tokens": 1}
STOPS = {"long": "max_tokens", "declined": "refusal", "stopped": "stop_sequence", "tools": "tool_use"}


def anthropic_script(body: Body) -> list[bytes]:
    how = body["model"]
    opening = [event("message_start", message={**MESSAGE, "usage": USAGE}), event("ping")]
    hello = [block(type="text", text=""), delta("text_delta", text="Hello")]
    reason = {"stop_reason": STOPS.get(how, "end_turn"), "stop_sequence": None}
    end = [event("message_delta", delta=reason, usage={"output_tokens": 2}), event("message_stop")]
    thought = [block(type="thinking", thinking=""), delta("thinking_delta", thinking="Hm.")]
    signed = [delta("signature_delta", signature="abc"), event("content_block_stop", index=0)]
    parts = [delta("input_json_delta", 1, partial_json=part) for part in ('{"a":', "1}")]
    call = [block(1, type="tool_use", id="toolu_1", name="add", input={}), *parts]
    trouble = event("error", error={"type": "overloaded_error", "message": "SECRET"})
    scripts = {
        "hang-before": [HANG],
        "hang": [*opening, *hello, HANG],
        "cut": [*opening, *hello, CUT],
        "garbage": [*opening, *hello, b"event: content_block_delta\ndata: {SECRET\n\n"],
        "html": [b"<html>SECRET is under maintenance</html>"],
        "error-first": [*opening, trouble],
        "error-later": [*opening, *hello, trouble],
        "unfinished": [*opening, *hello],
        "declined": [*opening, *end],
        "thinking": [*opening, *thought, *signed, *hello, *end],
        "tools": [*opening, *call, *end],
    }
    return scripts.get(how, [*opening, *hello, delta("text_delta", text=" world"), *end])


ANTHROPIC_REFUSALS = {
    "context": "prompt is too long: 9 SECRET tokens > 8 maximum",
    "poor": "Your credit balance is too low to access the Anthropic API, sk-SECRET.",
    "filtered": "Output blocked by content filtering policy SECRET",
}


def anthropic_app(server: WireServer) -> Starlette:
    async def create(request: Request) -> Response:
        body = await server.read(request)
        if (refusal := fault(body["model"])) is not None:
            return refusal
        if (message := ANTHROPIC_REFUSALS.get(body["model"])) is not None:
            error = {"type": "invalid_request_error", "message": message}
            return JSONResponse({"type": "error", "error": error}, 400)
        return WireStream(server, play(anthropic_script(body)))

    return Starlette(routes=[Route("/v1/messages", create, methods=["POST"])])
