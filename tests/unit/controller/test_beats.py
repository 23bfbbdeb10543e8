"""A proof of life that is right goes no further; with everything else the routes deal, and see it whole."""

from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from arena.worker import Heartbeat, WorkerCard
from controller.beats import LONGEST, Beats
from controller.pool.worker_pool import WorkerPool

KEY = "the-key-of-all-workers"
RIGHT = Heartbeat(busy=3).model_dump_json().encode()


class Routes:
    """What lies behind: keeps what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        body, is_more = b"", True
        while is_more:
            message = await receive()
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 418, "headers": []})


def a_pool() -> WorkerPool:
    pool = WorkerPool(15.0)
    pool.register(WorkerCard(id="w", url="http://127.0.0.1:9", models=("m",), slots=8), 0.0)
    return pool


async def called(
    pool: WorkerPool,
    *bodies: bytes,
    method: str = "POST",
    path: str = "/workers/w/heartbeat",
    key: str = KEY,
    is_up: bool = True,
) -> tuple[int, list[bytes]]:
    """Call; return the status and what reached the routes."""
    routes, sent = Routes(), list[MutableMapping[str, Any]]()
    services = SimpleNamespace(pool=pool, settings=SimpleNamespace(worker_key=SecretStr(KEY)))
    scope: MutableMapping[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"authorization", f"Bearer {key}".encode())],
        "state": {"services": services} if is_up else {},
    }
    left = list(bodies)

    async def receive() -> MutableMapping[str, Any]:
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await Beats(routes)(scope, receive, send)
    return sent[0]["status"], routes.bodies


async def test_a_right_one_is_taken_at_the_door():
    pool = a_pool()

    assert await called(pool, RIGHT) == (204, [])
    assert pool.seats["w"].reported.busy == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "another"},
        {"key": ""},
        {"path": "/workers/unknown/heartbeat"},
        {"path": "/workers//heartbeat"},
        {"path": "/workers/w/x/heartbeat"},
        {"path": "/workers"},
        {"method": "GET"},
        {"is_up": False},
    ],
)
async def test_one_that_is_wrong_reaches_the_routes_and_changes_nothing(wrong: dict[str, Any]):
    pool = a_pool()

    assert await called(pool, RIGHT, **wrong) == (418, [RIGHT])
    assert pool.seats["w"].reported == Heartbeat()


@pytest.mark.parametrize(
    "bodies",
    [
        (b"garbage",),
        (b'{"busy": -1}',),
        (b'{"busy": %s}' % (b"9" * 400),),
        (RIGHT[:5], RIGHT[5:]),
        (b" " * LONGEST + RIGHT,),
    ],
)
async def test_a_body_that_is_no_whole_proof_reaches_the_routes_as_it_came(bodies: tuple[bytes, ...]):
    pool = a_pool()

    assert await called(pool, *bodies) == (418, [b"".join(bodies)])
    assert pool.seats["w"].reported == Heartbeat()
