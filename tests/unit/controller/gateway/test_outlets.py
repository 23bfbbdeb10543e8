"""The way out to a client: whoever leaves ends what is done, whatever else ends it at the same moment."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from arena.asgi import DIRECT
from controller.gateway.outlets import ClientLeft, Outlet


class Client:
    """Leaves when it is told to."""

    def watch(self, on_left: Callable[[], None], on_writable: Callable[[], None]) -> None:
        self.leave = on_left

    def unwatch(self) -> None:
        """Nothing is to be undone."""

    def write(self, body: bytes) -> bool:
        raise AssertionError

    def cut(self) -> None:
        raise AssertionError

    async def receive(self) -> MutableMapping[str, Any]:
        raise AssertionError

    async def send(self, message: MutableMapping[str, Any]) -> None:
        raise AssertionError

    def outlet(self) -> Outlet:
        return Outlet({"type": "http", "extensions": {DIRECT: self}}, self.receive, self.send)


async def leave_within(client: Client, seconds: float) -> None:
    async with client.outlet().within(seconds):
        try:
            await asyncio.sleep(0)
            if seconds:
                client.leave()
            await asyncio.Event().wait()
        finally:
            client.leave()


async def test_a_client_that_leaves_ends_what_is_done():
    with pytest.raises(ClientLeft):
        await leave_within(Client(), 60.0)


async def test_a_client_may_leave_in_the_very_moment_in_which_the_time_is_over():
    with pytest.raises(ClientLeft):
        await leave_within(Client(), 0.0)


async def test_when_the_time_is_over_that_is_said():
    with pytest.raises(TimeoutError):
        async with Client().outlet().within(0.0):
            await asyncio.Event().wait()
