"""What a worker can be told to do: steps, of which a script is a list. Each answer plays one script.

A script that does not begin to write can end the connection without a head.
"""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from arena.error_wire import openai_status, to_openai
from arena.errors import ArenaError

PATIENCE = 10.0
"""Seconds that a test waits for something that has to happen."""


class Line:
    """The connection on which one answer is given. The head is sent with the first thing that needs one."""

    def __init__(self, writer: asyncio.StreamWriter, model: str) -> None:
        self.writer = writer
        self.model = model
        self.has_begun = False

    async def begin(self) -> None:
        if not self.has_begun:
            self.has_begun = True
            await self.send(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                b"transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            )

    async def send(self, wire: bytes) -> None:
        self.writer.write(wire)
        await self.writer.drain()

    async def body(self, wire: bytes) -> None:
        await self.begin()
        await self.send(b"%x\r\n%s\r\n" % (len(wire), wire))

    async def event(self, **chunk: Any) -> None:
        whole = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": self.model} | chunk
        await self.body(b"data: " + json.dumps(whole).encode() + b"\n\n")

    async def delta(self, reason: str | None = None, **delta: str) -> None:
        await self.event(choices=[{"index": 0, "delta": delta, "finish_reason": reason}])

    def abort(self) -> None:
        """Reset the connection: whatever is under way is lost, and the other end is told so."""
        connection: socket.socket = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Step = Callable[[Line], Awaitable[None]]


def say(*words: str, pace: float = 0.0) -> Step:
    """Write words, `pace` seconds apart."""

    async def step(line: Line) -> None:
        for word in words:
            await line.delta(content=word)
            if pace:
                await asyncio.sleep(pace)

    return step


def think(*words: str) -> Step:
    async def step(line: Line) -> None:
        for word in words:
            await line.delta(reasoning_content=word)

    return step


def finish(reason: str = "stop", prompt: Any = 7, completion: Any = 3) -> Step:
    """End as one should: the reason, the usage, the mark."""

    async def step(line: Line) -> None:
        await line.delta(reason)
        await line.event(choices=[], usage={"prompt_tokens": prompt, "completion_tokens": completion})
        await line.body(b"data: [DONE]\n\n")
        await line.send(b"0\r\n\r\n")

    return step


def cut() -> Step:
    """End the response politely, but without the mark that the answer is complete."""

    async def step(line: Line) -> None:
        await line.begin()
        await line.send(b"0\r\n\r\n")

    return step


def hang_up() -> Step:
    """Close the connection in the middle."""

    async def step(line: Line) -> None:
        line.writer.close()

    return step


def reset() -> Step:
    async def step(line: Line) -> None:
        line.abort()

    return step


def hang() -> Step:
    """Say nothing more until the client leaves or the test is over."""

    async def step(_: Line) -> None:
        await asyncio.Event().wait()

    return step


def wait_for(event: threading.Event) -> Step:
    """Go on when the test says so."""

    async def step(line: Line) -> None:
        await asyncio.get_running_loop().run_in_executor(None, event.wait, PATIENCE)

    return step


def raw(wire: bytes) -> Step:
    """Write these bytes into the body."""

    async def step(line: Line) -> None:
        await line.body(wire)

    return step


def begin() -> Step:
    """Send the head, and nothing yet."""

    async def step(line: Line) -> None:
        await line.begin()

    return step


def bare(wire: bytes) -> Step:
    """Write these bytes into the connection, whatever HTTP says of them."""

    async def step(line: Line) -> None:
        await line.send(wire)

    return step


def trickle(begun: bytes, wire: bytes, pace: float = 0.02) -> Step:
    """Write into the connection, then a byte of `wire` now and then, for ever."""

    async def step(line: Line) -> None:
        await line.send(begun)
        while True:
            for at in range(len(wire)):
                await line.send(wire[at : at + 1])
                await asyncio.sleep(pace)

    return step


def drip(wire: bytes = b": still not a word", pace: float = 0.02) -> Step:
    """Write a byte now and then, for ever, and never a whole event."""

    async def step(line: Line) -> None:
        while True:
            for at in range(len(wire)):
                await line.body(wire[at : at + 1])
                await asyncio.sleep(pace)

    return step


def error_event(error: ArenaError | dict[str, Any]) -> Step:
    """Break off in the middle of a stream, and say why."""

    async def step(line: Line) -> None:
        wire = to_openai(error) if isinstance(error, ArenaError) else {"error": error}
        await line.body(b"data: " + json.dumps(wire).encode() + b"\n\n")
        await line.send(b"0\r\n\r\n")

    return step


def respond(status: int, body: bytes | dict[str, Any] = b"", headers: str = "") -> Step:
    """Answer with a whole response instead of a stream."""
    wire = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def step(line: Line) -> None:
        head = f"HTTP/1.1 {status} Status\r\ncontent-length: {len(wire)}\r\nconnection: close\r\n{headers}\r\n"
        await line.send(head.encode() + wire)

    return step


def refuse(error: ArenaError) -> Step:
    """Refuse as a worker of ours does."""
    return respond(openai_status(error), to_openai(error), "content-type: application/json\r\n")


def an_answer(*words: str, reason: str = "stop") -> list[Step]:
    return [say(*words), finish(reason)]
