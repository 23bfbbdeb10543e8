"""Local servers that speak as Amazon Bedrock and Vertex AI do. The model's name in a request says how they behave."""

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.wire_anthropic import anthropic_script
from tests.wire_servers import CUT, HANG, WireServer, WireStream, fault, play

BEDROCK_REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "denied": (403, "AccessDeniedException", "SECRET may not use this model, sk-SECRET"),
    "unpaid": (403, "AccessDeniedException", "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: SECRET"),
    "throttled": (429, "ThrottlingException", "Too many tokens, please wait before trying again. SECRET"),
    "context": (400, "ValidationException", "Input is too long for requested model. SECRET"),
    "broken": (424, "ModelErrorException", "SECRET"),
}


def frame(headers: Mapping[str, str], payload: object) -> bytes:
    """Return one message of `application/vnd.amazon.eventstream`."""
    body = json.dumps(payload).encode()
    head = b""
    for name, value in headers.items():
        head += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(head) + len(body), len(head))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + head + body
    return message + struct.pack(">I", binascii.crc32(message))


def framed(event: bytes) -> bytes:
    """Return a server-sent event as Bedrock sends it."""
    if event in (HANG, CUT):
        return event
    data = event.decode().partition("data: ")[2].strip()
    said: dict[str, Any] = json.loads(data) if data.startswith("{") and data.endswith("}") else {}
    if said.get("type") == "error":
        kind = {":message-type": "exception", ":exception-type": "throttlingException"}
        return frame(kind, {"message": "Too many tokens, please wait. SECRET"})
    headers = {":message-type": "event", ":event-type": "chunk", ":content-type": "application/json"}
    return frame(headers, {"bytes": base64.b64encode(data.encode()).decode()})


def bedrock_app(server: WireServer) -> Starlette:
    """Return both of Bedrock's addresses: InvokeModel, and the one that speaks as Anthropic's own."""

    async def invoke(request: Request) -> Response:
        await server.read(request)
        how = request.path_params["model"].rpartition("-v")[0]
        if (refusal := _refusal(how) or fault(how)) is not None:
            return refusal
        return WireStream(server, play([framed(event) for event in anthropic_script({"model": how})]))

    async def create(request: Request) -> Response:
        how = (await server.read(request))["model"]
        return _refusal(how) or fault(how) or WireStream(server, play(anthropic_script({"model": how})))

    return Starlette(
        routes=[
            Route("/model/{model}/invoke-with-response-stream", invoke, methods=["POST"]),
            Route("/v1/messages", create, methods=["POST"]),
        ]
    )


def _refusal(how: str) -> Response | None:
    if how not in BEDROCK_REFUSALS:
        return None
    status, kind, message = BEDROCK_REFUSALS[how]
    headers = {"x-amzn-errortype": f"{kind}:http://internal.amazon.com/", "x-amzn-requestid": "sk-SECRET"}
    return JSONResponse({"message": message}, status, headers)


def vertex_app(server: WireServer) -> Starlette:
    """Return Vertex AI, and Google's address for tokens."""

    async def predict(request: Request) -> Response:
        await server.read(request)
        how = request.path_params["model"].partition(":")[0]
        if how == "exhausted":
            error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded: SECRET sk-SECRET"}
            return JSONResponse([{"error": error}], 429)
        return fault(how) or WireStream(server, play(anthropic_script({"model": how})))

    async def token(_: Request) -> Response:
        return JSONResponse({"access_token": "ya29.SECRET", "expires_in": 3600, "token_type": "Bearer"})

    where = "/v1/projects/{project}/locations/{region}/publishers/anthropic/models/{model}"
    return Starlette(routes=[Route(where, predict, methods=["POST"]), Route("/token", token, methods=["POST"])])
