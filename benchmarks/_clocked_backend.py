"""A bare OpenAI-compatible backend whose words are the times at which they were said: 100 of them, 20 ms apart.

The monotonic clock is one for all processes of a machine, so a reader can tell how long each word was under way.
"""

import asyncio
import json
import socket
import time
from typing import Any

import uvicorn

WORDS = 100
SECONDS_APART = 0.02


def chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    """Write one chunk of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "mock", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Stream words to whoever asks."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": chunk({"role": "assistant", "content": ""}), "more_body": True})
    for _ in range(WORDS):
        await asyncio.sleep(SECONDS_APART)
        word = chunk({"content": f" {time.monotonic():.4f}"})
        await send({"type": "http.response.body", "body": word, "more_body": True})
    await send({"type": "http.response.body", "body": chunk({}, "stop") + b"data: [DONE]\n\n"})


if __name__ == "__main__":
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        print(f"listening: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")).run([listener])
