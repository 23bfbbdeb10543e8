"""Requests to workers, over connections that are used again."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from arena.errors import WorkerBroke, WorkerUnreachable
from arena.settings import Network
from controller.allowed_addresses import allowed_sockets
from controller.upstream.connection import Connection, Sink
from controller.upstream.gathering import Beat
from controller.upstream.heads import Head, request_head

IDLE_SECONDS = 3.0
"""Shorter than the five seconds after which most engines close a quiet connection."""
MOST_IDLE = 256
"""Quiet connections kept to one worker."""


class Place(NamedTuple):
    """Where a worker is."""

    is_tls: bool
    host: str
    port: int
    prefix: str
    """What its paths begin with."""
    name: str
    """As the Host header says it."""


@lru_cache(maxsize=1024)
def place_of(url: str) -> Place:
    """Read a worker's URL."""
    try:
        parts = urlsplit(url)
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
    except ValueError as error:
        raise WorkerUnreachable from error
    if not parts.hostname:
        raise WorkerUnreachable
    return Place(is_tls, parts.hostname, port, parts.path.rstrip("/"), parts.netloc.rpartition("@")[2])


class Answer:
    """What a worker answers: the head has come, the body is read as it comes."""

    def __init__(self, connection: Connection, head: Head) -> None:
        self._connection = connection
        self.can_gather = False
        """Whether it can be read on the beat."""
        self.status = head.status
        self.headers: Mapping[str, str] = head.headers
        """By name in lower case."""

    async def read_some(self) -> bytes:
        """Return what has come of the body; nothing when it has ended. Raises `WorkerBroke` when it was cut."""
        connection = self._connection
        while True:
            if taken := connection.take():
                return taken
            if connection.error is not None:
                raise connection.error
            if connection.is_whole:
                return b""
            await connection.changed()

    def pour(self, sink: Sink) -> None:
        """From now on hand each piece of the body but the last to `sink` as it comes, what has come already at once."""
        if self._connection.is_whole:
            return
        if taken := self._connection.take():
            try:
                sink(taken)
            except WorkerBroke:
                self._connection.break_off()
                return
        self._connection.sink = sink
        self._connection.hold(False)

    async def poured(self) -> bytes:
        """Wait until the body has ended; return its last piece. Raises `WorkerBroke` when it was cut."""
        connection = self._connection
        while not connection.is_whole:
            if connection.error is not None:
                raise connection.error
            await connection.changed()
        return connection.take()

    def hold(self, is_held: bool) -> None:
        """Stop reading from the worker, or go on: whoever reads the body is slower than who writes it."""
        self._connection.hold(is_held)

    def gather(self) -> None:
        """From now on a quick body may be held up to 40 ms."""
        self._connection.gathers = self.can_gather

    def break_off(self) -> None:
        """Read no more: the answer is a broken one."""
        self._connection.break_off()


class Upstream:
    """Calls workers: only at allowed addresses, without proxies, redirects or cookies."""

    def __init__(
        self, networks: tuple[Network, ...], connect_seconds: float, trust: ssl.SSLContext | None = None
    ) -> None:
        self._make_socket = allowed_sockets(networks)
        self._connect_seconds = connect_seconds
        self._trust = trust
        self._beat = Beat()
        self._idle: dict[Place, dict[Connection, float]] = {}
        self._in_use: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def post(
        self,
        url: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        gather: bool = False,
        method: str = "POST",
    ) -> AsyncGenerator[Answer]:
        """Send a request; yield the answer once its head has come. `gather`: a quick body may be held up to 40 ms.

        Raises `WorkerUnreachable` when nobody listens there or the address is not allowed, `WorkerBroke` when
        what comes is cut or is no HTTP. Left before the answer has ended, the connection is closed.
        """
        place = place_of(url)
        try:
            head = request_head(method, place.prefix + path, place.name, headers, len(body))
        except ValueError as error:
            raise WorkerUnreachable from error
        connection, answer = self._taken(place), None
        try:
            if connection is not None:
                try:
                    answer = await _answer(connection, head, body)
                except WorkerBroke:
                    # Closed by the worker just as it was used again: it has not begun to answer, if it has read at all.
                    if connection.has_heard:
                        raise
                    self._in_use.discard(connection)
                    connection, answer = None, None
            if connection is None or answer is None:
                connection = await self._connected(place)
                answer = await _answer(connection, head, body)
            answer.can_gather = not place.is_tls
            if gather:
                answer.gather()
            yield answer
        finally:
            if connection is not None:
                self._give_back(place, connection)

    @property
    def in_use(self) -> int:
        """How many connections have a request on them now."""
        return len(self._in_use)

    def close(self) -> None:
        """Close all connections."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        for connection in [*self._in_use, *(each for idle in self._idle.values() for each in idle)]:
            connection.close()
        self._idle.clear()

    def _taken(self, place: Place) -> Connection | None:
        """Return the quiet connection that was used last, if there is one."""
        idle = self._idle.get(place)
        oldest = asyncio.get_running_loop().time() - IDLE_SECONDS
        while idle:
            connection, since = idle.popitem()
            if not connection.is_lost and since > oldest:
                self._in_use.add(connection)
                return connection
            connection.close()
        return None

    def _give_back(self, place: Place, connection: Connection) -> None:
        self._in_use.discard(connection)
        connection.finish()
        if not connection.is_reusable or len(self._idle.get(place, ())) >= MOST_IDLE:
            connection.close()
            return
        idle = self._idle.setdefault(place, {})

        def forget() -> None:
            idle.pop(connection, None)

        connection.on_idle_loss = forget
        loop = asyncio.get_running_loop()
        idle[connection] = loop.time()
        if self._sweeping is None:
            self._sweeping = loop.call_later(IDLE_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Close what has been quiet for too long."""
        loop = asyncio.get_running_loop()
        for place, idle in list(self._idle.items()):
            for connection, since in list(idle.items()):
                if since <= loop.time() - IDLE_SECONDS:
                    del idle[connection]
                    connection.close()
            if not idle:
                del self._idle[place]
        self._sweeping = loop.call_later(IDLE_SECONDS, self._sweep) if self._idle else None

    async def _connected(self, place: Place) -> Connection:
        try:
            async with asyncio.timeout(self._connect_seconds):
                connection = await self._connect(place)
        except (OSError, UnicodeError) as error:  # a timeout and what TLS says are among them
            raise WorkerUnreachable from error
        self._in_use.add(connection)
        return connection

    async def _connect(self, place: Place) -> Connection:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        failure: OSError = OSError("the name has no address")
        for info in found:
            try:
                connected = self._make_socket(info)
            except OSError as error:
                failure = error
                continue
            try:
                connected.setblocking(False)
                connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await loop.sock_connect(connected, info[4])
                _, connection = await loop.create_connection(
                    lambda connected=connected: Connection(connected, self._beat),
                    sock=connected,
                    ssl=self._tls() if place.is_tls else None,
                    server_hostname=place.host if place.is_tls else None,
                )
            except OSError as error:
                connected.close()
                failure = error
            except BaseException:
                connected.close()
                raise
            else:
                return connection
        raise failure

    def _tls(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust


async def _answer(connection: Connection, head: bytes, body: bytes) -> Answer:
    """Send a request and wait for the answer's head."""
    connection.send(head, body)
    while connection.head is None:
        if connection.error is not None:
            raise connection.error
        await connection.changed()
    return Answer(connection, connection.head)


@contextlib.asynccontextmanager
async def open_upstream(
    networks: tuple[Network, ...], connect_seconds: float, trust: ssl.SSLContext | None = None
) -> AsyncGenerator[Upstream]:
    """Return the client for workers; at the end its connections are closed. `trust`: TLS roots, else the system's."""
    upstream = Upstream(networks, connect_seconds, trust)
    try:
        yield upstream
    finally:
        upstream.close()
