"""Names of controllers: one living process holds each, and its death gives it back, however it dies."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from arena.errors import SetupError
from logging_store.engine import FOREIGN_ERRORS, Database, as_ledger_error

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
"""For so long a start waits for a name: the process that had it may be about to end, or somebody may look at it."""
RETRY_SECONDS = 0.1
WATCH_SECONDS = 1.0
"""How often a name that hangs on a connection is looked after: others take us for dead when it is free for long."""
_QUICK_TO_NOTICE = "SET tcp_keepalives_idle = 20", "SET tcp_keepalives_interval = 10", "SET tcp_keepalives_count = 3"
"""So that the server notices within a minute when a whole machine has died. Sockets of its own machine ignore it."""


class Claim(Protocol):
    """Somebody's hold on a name."""

    async def take(self) -> bool:
        """Take the name; return False if somebody alive has it."""
        ...

    async def is_held(self) -> bool:
        """Whether it is still ours."""
        ...

    async def release(self) -> None:
        """Give it back."""
        ...


def claim_on(database: Database, name: str) -> Claim:
    """Return what can hold a name on this ledger."""
    if database.is_sqlite:
        file = (database.writer.url.database or "").removeprefix("file:").partition("?")[0]
        return _FileClaim(Path(f"{file}.{quote(name, safe='')}.lock"))
    return _SessionClaim(database.writer, name)


def is_certain(database: Database) -> bool:
    """Whether a name that is free has surely lost its process, and not only that its way to the database."""
    return database.is_sqlite


class _FileClaim:
    """A lock on a file beside the database. The kernel lets it go with the process that holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    async def take(self) -> bool:
        try:
            descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise SetupError(f"store.url: cannot write {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    async def is_held(self) -> bool:
        return self._descriptor is not None

    async def release(self) -> None:
        # The file stays: were it removed, one process could lock the old file and another a new one.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _SessionClaim:
    """An advisory lock of PostgreSQL. The server lets it go with the connection that holds it."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self._engine = engine
        self._number = int.from_bytes(sha256(f"controller {name}".encode()).digest()[:8], "big", signed=True)
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        with as_ledger_error():
            connection = await self._engine.connect()
            try:
                await connection.execution_options(isolation_level="AUTOCOMMIT")  # it is held without a transaction
                for setting in _QUICK_TO_NOTICE:
                    await connection.execute(text(setting))
                taken = await connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number})
                is_ours = bool(taken.scalar_one())
            except BaseException:
                await _throw_away(connection)
                raise
        if is_ours:
            self._connection = connection
        else:
            await _throw_away(connection)
        return is_ours

    async def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            await self._connection.execute(text("SELECT 1"))
        except FOREIGN_ERRORS:
            await self.release()
            return False
        return True

    async def release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await _throw_away(connection)


async def _throw_away(connection: AsyncConnection) -> None:
    """Close a connection for good: given back to the pool it would go on holding the lock."""
    with suppress(*FOREIGN_ERRORS):  # it may be broken already
        await connection.invalidate()
        await connection.close()


@asynccontextmanager
async def held(database: Database, name: str, patience: float = PATIENCE_SECONDS) -> AsyncGenerator[None]:
    """Be the one controller of this name while inside. Raises `SetupError` if another one lives."""
    claim = claim_on(database, name)
    await _take(claim, name, patience)
    watching = asyncio.create_task(_watch(claim, name))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await claim.release()


@asynccontextmanager
async def borrowed(database: Database, name: str) -> AsyncGenerator[bool]:
    """Take a name for a moment, if nobody alive has it; yield whether it could be taken."""
    claim = claim_on(database, name)
    is_ours = await claim.take()
    try:
        yield is_ours
    finally:
        await claim.release()


async def _take(claim: Claim, name: str, patience: float) -> None:
    clock = asyncio.get_running_loop()
    until = clock.time() + patience
    while not await claim.take():
        if clock.time() >= until:
            raise SetupError(
                f"another controller named {name!r} runs on this ledger: give this one a name of its own "
                "([controller] name, or ARENA_CONTROLLER_NAME)"
            )
        await asyncio.sleep(RETRY_SECONDS)


async def _watch(claim: Claim, name: str) -> None:
    """Take the name again when it was lost: with the database, or with the way to it."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        if await claim.is_held():
            continue
        with suppress(Exception):  # tried again at the next look
            if await claim.take():
                logger.warning("The name %s was lost with its connection, and is ours again", name)
            else:
                logger.error("The name %s was lost with its connection, and another controller took it", name)
