"""Connections whose answers are there at once, so that work written for any connection runs straight through."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class Present(AsyncConnection):
    """A connection of a thread that may wait for the database, behind the face of one that is awaited."""

    @property
    def _there(self) -> Connection:
        assert self.sync_connection is not None  # noqa: S101 (it was made with one)
        return self.sync_connection

    async def execute(  # pyright: ignore[reportIncompatibleMethodOverride] (its overloads tell kinds of rows apart)
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        """Execute a statement."""
        return self._there.execute(statement, parameters, execution_options=execution_options)

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Any = None
    ) -> CursorResult[Any]:
        """Execute a statement in the database's own words."""
        return self._there.exec_driver_sql(statement, parameters, execution_options)

    async def commit(self) -> None:
        """Commit what was begun by the first statement."""
        self._there.commit()

    async def rollback(self) -> None:
        """Take back all since then."""
        self._there.rollback()

    async def run_sync(self, fn: Callable[..., T], *arg: Any, **kw: Any) -> T:
        """Call a function that wants a plain connection."""
        return fn(self.sync_connection, *arg, **kw)


def straight(work: Awaitable[T]) -> T:
    """Do work that has nothing to wait for."""
    try:
        next(work.__await__())
    except StopIteration as end:
        return end.value
    raise RuntimeError("work on the ledger may wait for nothing but its connection")
