"""One connection to a worker: one request after the other, each with one answer."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from arena.errors import WorkerBroke
from controller.upstream.framing import BrokenFraming, Framing
from controller.upstream.gathering import QUICK_SECONDS, Beat
from controller.upstream.heads import LONGEST_HEAD, BrokenHead, Head

ONE_READ = 65_536
BEGINNING = b"HTTP/"
"""Of every head: for the end of anything else nobody has to wait."""
EMPTY_BEATS = 2
"""A stream that brought nothing on so many beats is quick no more."""
MOST_READS = 16
"""On one beat, of a stream that brings more than one read holds."""
MOST_INTERIM = 16
"""Heads that may come before the answer's own."""
HIGH_WATER = 262_144
"""Bytes that may wait to be read by us before no more are taken from the worker."""

Sink = Callable[[bytes], None]
"""Takes a piece of a body; the last is left to who waits. It may raise `WorkerBroke`: what came makes no sense."""


class Connection(asyncio.Protocol):
    """Knows where each answer begins and ends. Its owner waits for `changed`, or is told each piece through `sink`."""

    def __init__(self, connected: socket.socket, beat: Beat) -> None:
        self._socket = connected
        self._beat = beat
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.is_lost = False
        self.on_idle_loss: Callable[[], None] | None = None
        """Called when it is lost while nobody waits for an answer."""
        self._begin()

    def _begin(self) -> None:
        self.head: Head | None = None
        self.error: WorkerBroke | None = None
        self.is_open = False
        """Whether an answer is awaited or being read."""
        self.has_heard = False
        """Whether any byte of the answer has come."""
        self._read_at = 0.0
        self.sink: Sink | None = None
        self.gathers = False
        self._framing: Framing | None = None
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._wire = b""
        """The beginning of a head whose end has not come."""
        self._interim = 0
        self._waiter: asyncio.Future[None] | None = None
        self._is_held = False
        self._on_beat = False
        self._empty_beats = 0

    # What the owner does

    def send(self, head: bytes, body: bytes) -> None:
        """Send a request. Raises nothing: a lost connection shows in its answer."""
        self._begin()
        self.is_open = True
        if self._transport is None or self.is_lost:
            self._fail()
            return
        if len(body) < ONE_READ:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    @property
    def is_whole(self) -> bool:
        """Whether the answer has come to its end."""
        return self._framing is not None and self._framing.is_whole

    @property
    def is_reusable(self) -> bool:
        """Whether another request may be sent here: only after an answer that ended as HTTP says, and nothing more."""
        framing = self._framing
        return (
            not self.is_lost
            and self.error is None
            and self.head is not None
            and self.head.keeps_alive
            and framing is not None
            and framing.is_whole
            and not framing.rest
        )

    def take(self) -> bytes:
        """Return what has come of the body and was not taken yet."""
        if not self._unread:
            return b""
        taken = self._unread[0] if len(self._unread) == 1 else b"".join(self._unread)
        self._unread.clear()
        self._unread_bytes = 0
        if self.sink is None:
            self.hold(False)
        return taken

    async def changed(self) -> None:
        """Wait until more has come, the answer has ended, or the connection was lost."""
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def hold(self, is_held: bool) -> None:
        """Stop reading, or go on."""
        if is_held != self._is_held:
            self._is_held = is_held
            self._listen()

    def finish(self) -> None:
        """Be done with the answer. What is left of it is not read."""
        self.is_open = False
        self.sink = None
        self._leave_beat()
        self.hold(False)

    def break_off(self) -> None:
        """Take no more of the answer: it is a broken one."""
        self._fail()

    def close(self) -> None:
        """Close at once: the worker stops writing."""
        self._leave_beat()
        if self._transport is not None:
            self._transport.abort()

    # What the socket says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no instances of it

    def data_received(self, data: bytes) -> None:
        """Take what the event loop has read."""
        if self._framing is None or not self.is_open:
            self._take_head(data)  # no haste shows in it: the word that follows is not yet held
            return
        before, self._read_at = self._read_at, self._loop.time()
        self._take_body(self._framing, data)
        if self.gathers and self._read_at - before < QUICK_SECONDS and self.is_open and not self.is_whole:
            self._on_beat = True
            self._empty_beats = 0
            self._beat.join(self)
            self._listen()

    def beat(self) -> bool:
        """Read what has come since the last beat, past the event loop; return whether to come back."""
        if self._framing is None or not self._on_beat:
            return False
        for _ in range(MOST_READS):
            if self._is_held:
                return True
            try:
                data = self._socket.recv(ONE_READ)
            except BlockingIOError:
                self._empty_beats += 1
                if self._empty_beats < EMPTY_BEATS:
                    return True
                return self._leave_beat()
            except OSError:
                self._fail()
                return False
            if not data:
                return self._leave_beat()  # the event loop sees the same end and says so
            self._empty_beats = 0
            self._read_at = self._loop.time()
            try:
                self._take_body(self._framing, data)
            except BaseException:
                self._fail()  # as the event loop does when what it has read makes somebody raise
                raise
            if not self._on_beat or len(data) < ONE_READ:
                break
        return self._on_beat

    def eof_received(self) -> bool:
        """Take the worker's end: it sends nothing more, and we close."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the end of the connection, polite or not."""
        self.is_lost = True
        self._leave_beat()
        if not self.is_open:
            if self.on_idle_loss is not None:
                self.on_idle_loss()
        elif not self.is_whole and (exc is not None or self._framing is None or not self._framing.end()):
            self._fail()
        else:
            self._wake()

    # Inside

    def _take_head(self, data: bytes) -> None:
        if not self.is_open:
            # Nobody asked: whatever this is, no answer may be mistaken for it.
            self.close()
            return
        self.has_heard = True
        wire = self._wire + data if self._wire else data
        try:
            while 4 <= (end := wire.find(b"\r\n\r\n") + 4) <= LONGEST_HEAD:
                head, wire = Head(wire[:end]), wire[end:]
                if not head.is_interim:
                    self.head, self._framing, self._wire = head, head.framing(), b""
                    self._take_body(self._framing, wire)
                    return
                self._interim += 1
                if self._interim > MOST_INTERIM:
                    raise BrokenHead
        except BrokenHead:
            self._fail()
            return
        self._wire = wire
        if len(wire) > LONGEST_HEAD or not wire.startswith(BEGINNING[: len(wire)]):
            self._fail()

    def _take_body(self, framing: Framing, data: bytes) -> None:
        try:
            body = framing.feed(data) if data else b""
        except BrokenFraming:
            self._fail()
            return
        if framing.is_whole:
            self._leave_beat()
        elif body and self.sink is not None:
            try:
                self.sink(body)
            except WorkerBroke:
                self._fail()
            return
        if body:
            self._unread.append(body)
            self._unread_bytes += len(body)
            if self._unread_bytes > HIGH_WATER:
                self.hold(True)
        self._wake()

    def _fail(self) -> None:
        self.error = WorkerBroke()
        self.close()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _leave_beat(self) -> bool:
        if self._on_beat:
            self._on_beat = False
            self._beat.leave(self)
            self._listen()
        return False

    def _listen(self) -> None:
        """Let the event loop read, or not."""
        if self._transport is None or self._transport.is_closing():
            return
        is_reading = self._transport.is_reading()
        if (self._is_held or self._on_beat) == is_reading:
            (self._transport.pause_reading if is_reading else self._transport.resume_reading)()
