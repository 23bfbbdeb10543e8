"""One connection, told by hand what its socket says."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from arena.errors import WorkerBroke
from controller.upstream.connection import MOST_INTERIM, ONE_READ, Connection
from controller.upstream.gathering import Beat

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
WORD = b"2\r\nhi\r\n"
PATIENCE = 10.0


class Wire(asyncio.Transport):
    """Reads nothing by itself; knows whether it would."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = True
        self.is_gone = False

    def is_reading(self) -> bool:
        return self.reads

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def is_closing(self) -> bool:
        return self.is_gone

    def abort(self) -> None:
        self.is_gone = True

    def write(self, data: Any) -> None:
        """Forget it."""


class Line:
    """A connection whose request was just sent, and the worker's end of its socket."""

    def __init__(self, ours: socket.socket, worker: socket.socket, beat: Beat) -> None:
        self.wire, self.worker = Wire(), worker
        self.connection = Connection(ours, beat)
        self.connection.connection_made(self.wire)
        self.connection.send(b"", b"")

    def become_quick(self) -> None:
        """Bring two words at once: from the next one on it is read on the beat."""
        self.connection.data_received(HEAD)
        self.connection.gathers = True
        self.connection.data_received(WORD)
        self.connection.data_received(WORD)
        self.connection.take()


@contextmanager
def a_line(beat: Beat | None = None) -> Generator[Line]:
    ours, worker = socket.socketpair()
    with ours, worker:
        ours.setblocking(False)
        line = Line(ours, worker, beat or Beat())
        yield line
        line.connection.close()


async def test_what_follows_the_first_word_is_read_at_once_however_soon_that_came_after_the_head():
    with a_line() as line:
        line.connection.data_received(HEAD)
        line.connection.gathers = True
        line.connection.data_received(WORD)
        was_reading = line.wire.reads
        line.connection.data_received(WORD)

        assert was_reading
        assert not line.wire.reads


async def test_a_beat_takes_all_that_has_come():
    much = bytes(ONE_READ + 1000)
    with a_line() as line:
        line.become_quick()
        line.worker.sendall(b"%x\r\n%b\r\n" % (len(much), much))

        assert line.connection.beat()

        assert line.connection.take() == much


async def test_what_goes_wrong_with_one_stream_on_the_beat_ends_that_one_alone():
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    beat, has_come = Beat(), asyncio.Event()
    error = RuntimeError("nobody thought of this")

    def fail(_: bytes) -> None:
        raise error

    with a_line(beat) as one, a_line(beat) as other:
        for line in (one, other):
            line.become_quick()
            line.worker.sendall(WORD)
        one.connection.sink = fail
        other.connection.sink = lambda _: has_come.set()

        async with asyncio.timeout(PATIENCE):
            await has_come.wait()

        assert one.wire.is_gone
        assert isinstance(one.connection.error, WorkerBroke)
        assert told == [error]


async def test_heads_before_the_answers_own_are_passed_over_but_not_for_ever():
    interim = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    with a_line() as patient, a_line() as endless:
        patient.connection.data_received(interim * MOST_INTERIM + HEAD)
        endless.connection.data_received(interim * 10_000)

        assert patient.connection.head is not None
        assert endless.wire.is_gone


async def test_the_last_piece_of_a_body_is_left_to_who_waits_for_its_end():
    poured: list[bytes] = []
    with a_line() as line:
        line.connection.data_received(HEAD)
        line.connection.sink = poured.append
        line.connection.data_received(WORD)
        line.connection.data_received(b"3\r\nend\r\n0\r\n\r\n")

        assert poured == [b"hi"]
        assert line.connection.is_whole
        assert line.connection.take() == b"end"
