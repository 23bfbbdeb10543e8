"""Writes many rows with one statement in the database's own words: for each row SQLAlchemy would do too much.

The rows hold what is stored, as `telling` says it; nothing is converted any more but JSON.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import Insert, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Statement = Insert | Update


async def write_rows(connection: AsyncConnection, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
    """Execute the statement once for each row, whose names are those of its parameters."""
    text, names = _in_its_words(statement, connection.dialect)
    await connection.exec_driver_sql(text, list(map(itemgetter(*names), rows)))


async def write_fields(connection: AsyncConnection, statement: Statement, objects: Iterable[object]) -> None:
    """Execute the statement once for each object, whose fields are named like its parameters."""
    text, names = _in_its_words(statement, connection.dialect)
    await connection.exec_driver_sql(text, list(map(attrgetter(*names), objects)))


def evenly(asked: Collection[str]) -> tuple[str, ...]:
    """Return what is asked for, the last of it as often as makes a power of two.

    For an IN: each length is a statement of its own, to be put together, parsed and planned.
    """
    some = tuple(asked)
    return some + some[-1:] * ((1 << max(len(some) - 1, 0).bit_length()) - len(some))


@lru_cache(64)
def _in_its_words(statement: Statement, dialect: Dialect) -> tuple[str, list[str]]:
    """Return a statement as the driver takes it, and the names of its parameters in their order."""
    compiled = statement.compile(dialect=dialect)
    assert compiled.positiontup is not None  # noqa: S101 (both drivers count their parameters)
    return str(compiled), compiled.positiontup
