"""A bare OpenAI-compatible backend: `python -m benchmarks._openai_backend WORDS SECONDS_APART`.

Each word is the time at which it was said. The monotonic clock is one for all processes of a machine, so a reader can
tell how long each word was under way. It also answers what routers ask before they send anything to a server.
"""

import asyncio
import json
import socket
import sys
import time
from typing import Any

import uvicorn

MODEL = "mock-a"
HEALTH = frozenset({"/health", "/health_generate", "/ping"})
INFO = frozenset({"/get_server_info", "/get_model_info", "/server_info", "/model_info"})


def chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    """Write one chunk of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


ROLE, END = chunk({"role": "assistant", "content": ""}), chunk({}, "stop") + b"data: [DONE]\n\n"
BEFORE, AFTER = chunk({"content": " AT"}).split(b"AT")


class Backend:
    """Streams words to whoever asks; `max_tokens` may ask for fewer."""

    def __init__(self, words: int, seconds_apart: float) -> None:
        self._words = words
        self._apart = seconds_apart

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        path = scope["path"]
        if path == "/v1/chat/completions":
            await self._stream(min(json.loads(body).get("max_tokens") or self._words, self._words), send)
        elif path == "/v1/models":
            await _tell(send, {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "bench"}]})
        elif path in INFO:
            await _tell(send, {"model_path": MODEL, "served_model_name": MODEL, "is_generation": True})
        else:
            await _tell(send, {}, 200 if path in HEALTH else 404)

    async def _stream(self, words: int, send: Any) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": ROLE, "more_body": True})
        at = time.monotonic()
        for _ in range(words):
            at += self._apart
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            word = b"%b%.4f%b" % (BEFORE, time.monotonic(), AFTER)
            await send({"type": "http.response.body", "body": word, "more_body": True})
        await send({"type": "http.response.body", "body": END})


async def _tell(send: Any, told: dict[str, Any], status: int = 200) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(f"listening: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        backend = Backend(int(sys.argv[1]), float(sys.argv[2]))
        uvicorn.Server(uvicorn.Config(backend, log_level="error", access_log=False, lifespan="off")).run([listener])
