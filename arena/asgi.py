"""What every server of ours needs of ASGI, and no framework gives: leave with the client, refuse what is too large."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from arena.error_wire import to_problem
from arena.errors import BodyTooLarge
from arena.settings import AsgiApp

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

DIRECT = "arena.direct"
"""Under this name `scope["extensions"]` holds a `DirectBody` where the server offers one."""


class DirectBody(Protocol):
    """Writes the chunks of a body without a message and a task's turn for each. Head and end are sent as ever."""

    def watch(self, on_left: Callable[[], None], on_writable: Callable[[], None]) -> None:
        """Be told when the client leaves (at once, if it has), and when it reads again after `write` said False."""
        ...

    def unwatch(self) -> None:
        """Be told nothing more."""
        ...

    def write(self, body: bytes) -> bool:
        """Write a piece of a body that was begun without a length; return whether the client keeps up."""
        ...

    def gathered(self) -> AbstractContextManager[None]:
        """Write what is sent inside in one piece, at its end."""
        ...

    def cut(self) -> None:
        """Close the connection at once, for the client does not read what was written to it."""
        ...


AT_ONCE = "arena.at_once"
"""Under this name the lifespan's state holds an `AtOnce`, where the application has one and the server may ask it."""


class AtOnce(Protocol):
    """Takes small requests that come all the time, without a task and its messages for each. Nothing in it may wait."""

    longest: int
    """Bytes; a larger body goes the ordinary way."""

    def may_take(self, method: bytes, target: bytes) -> bool:
        """Whether a request with this method, to this address, is one of those: its body is gathered then."""
        ...

    def is_taken(self, target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Do what the request asks for: it is answered with 204. False: the application gets it as it came."""
        ...


PASS_OVER_SECONDS = 1.0
"""What is sent beyond the limit is read and forgotten for so long, then the connection is closed."""


async def while_present(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do the work until it ends or the client leaves, whichever is first. What the work raises is raised."""
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_until_left(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        working.cancel()
        await asyncio.gather(leaving, working, return_exceptions=True)
    if not working.cancelled():
        working.result()


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class BodyLimit:
    """Refuses a body above `limit` bytes, by its declared length or as soon as it grows beyond it.

    `refuse` says so to the client, in problem details unless told otherwise, and has to close the connection.
    """

    def __init__(self, app: AsgiApp, limit: int, refuse: Callable[[Any], Awaitable[None]] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._refuse = refuse or _refuse

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Pass the request on unless it is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _declared_length(scope) > self._limit:
            await self._refuse(send)
            return
        seen = 0
        has_begun = False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal seen
            message: MutableMapping[str, Any] = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise BodyTooLarge
            return message

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun
            if seen > self._limit and not has_begun:
                # Frameworks turn what happens while a body is read into an answer of their own: ours is the right one.
                return
            has_begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except BodyTooLarge:
            if has_begun:
                raise
        if seen > self._limit and not has_begun:
            await _pass_over(receive)
            await self._refuse(send)


def _declared_length(scope: MutableMapping[str, Any]) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _pass_over(receive: Any) -> None:
    """Read on for a moment: a connection closed over unread bytes is reset, and the answer may be lost with it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PASS_OVER_SECONDS):
            while (await receive()).get("more_body", False):
                pass


async def _refuse(send: Any) -> None:
    body = json.dumps(to_problem(BodyTooLarge())).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        # What is left of the body is not read: the connection cannot be used again.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": BodyTooLarge.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
