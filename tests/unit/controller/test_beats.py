"""A proof of life that is right is taken at once; everything else is left to the routes, and changes nothing."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from arena.worker import Heartbeat, WorkerCard
from controller.beats import Beats
from controller.pool.worker_pool import WorkerPool
from controller.services import Services

KEY = "the-key-of-all-workers"
RIGHT = Heartbeat(busy=3).model_dump_json().encode()
TARGET = b"/workers/w/heartbeat"
AS_WORKER = (b"authorization", f"Bearer {KEY}".encode())


def a_pool() -> WorkerPool:
    pool = WorkerPool(15.0)
    pool.register(WorkerCard(id="w", url="http://127.0.0.1:9", models=("m",), slots=8), 0.0)
    return pool


def beats(pool: WorkerPool) -> Beats:
    services: Any = SimpleNamespace(pool=pool, settings=SimpleNamespace(worker_key=SecretStr(KEY)))
    return Beats(cast("Services", services))


def test_a_right_one_is_taken():
    pool = a_pool()

    assert beats(pool).may_take(b"POST", TARGET)
    assert beats(pool).is_taken(TARGET, [(b"host", b"h"), AS_WORKER], RIGHT)
    assert pool.seats["w"].reported.busy == 3


@pytest.mark.parametrize(
    ("method", "target"),
    [
        (b"GET", TARGET),
        (b"POST", b"/workers"),
        (b"POST", b"/workers/w"),
        (b"POST", TARGET + b"?a=b"),
        (b"POST", b"/admin/w/heartbeat"),
    ],
)
def test_other_requests_are_not_even_gathered(method: bytes, target: bytes):
    assert not beats(a_pool()).may_take(method, target)


@pytest.mark.parametrize(
    ("target", "headers", "body"),
    [
        (TARGET, [], RIGHT),
        (TARGET, [(b"authorization", b"Bearer another")], RIGHT),
        (TARGET, [(b"authorization", b"Bearer \xff\xfe")], RIGHT),
        (TARGET, [(b"authorization", b"Bearer another"), AS_WORKER], RIGHT),
        (b"/workers/unknown/heartbeat", [AS_WORKER], RIGHT),
        (b"/workers//heartbeat", [AS_WORKER], RIGHT),
        (b"/workers/\xff/heartbeat", [AS_WORKER], RIGHT),
        (b"/workers/w/x/heartbeat", [AS_WORKER], RIGHT),
        (b"/workers/heartbeat", [AS_WORKER], RIGHT),
        (TARGET, [AS_WORKER], b""),
        (TARGET, [AS_WORKER], b"garbage"),
        (TARGET, [AS_WORKER], b'{"busy": -1}'),
        (TARGET, [AS_WORKER], b'{"busy": %s}' % (b"9" * 400)),
    ],
)
def test_one_that_is_wrong_is_not_taken_and_changes_nothing(
    target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
):
    pool = a_pool()

    assert not beats(pool).is_taken(target, headers, body)
    assert pool.seats["w"].reported == Heartbeat()
