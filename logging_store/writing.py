"""Writes many rows with one statement in the database's own words: for each row SQLAlchemy would do too much.

The rows hold what is stored, as `telling` says it; nothing is converted any more but JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Insert, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]


async def write_rows(connection: AsyncConnection, statement: Insert | Update, rows: Sequence[Row]) -> None:
    """Execute the statement once for each row, whose names are those of its parameters."""
    text, values = _in_its_words(statement, connection.dialect)
    await connection.exec_driver_sql(text, [values(row) for row in rows])


@lru_cache(64)
def _in_its_words(statement: Insert | Update, dialect: Dialect) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    """Return a statement as the driver takes it, and what gets its parameters from a row in their order."""
    compiled = statement.compile(dialect=dialect)
    assert compiled.positiontup is not None  # noqa: S101 (both drivers count their parameters)
    return str(compiled), itemgetter(*compiled.positiontup)
