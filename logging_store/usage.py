"""What was used and spent, by day, key and model. Several processes count into the same rows."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.facts import UsageFact
from logging_store.ledger import Ledger
from logging_store.queries import row_of
from logging_store.tables import usage

_PLACE = ("day", "key_id", "model")
_COUNTS = ("requests", "prompt_tokens", "completion_tokens", "nanodollars")


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What all processes together have counted on one day."""

    nanodollars: dict[str, int]
    """By model."""
    tokens: dict[str, int]
    """Read and written, by key; under '' what nobody's key paid for."""


async def count_usage(ledger: Ledger, more: Collection[UsageFact], day: str) -> DayTotals:
    """Add to what was counted, and return the day's totals as of then, in one transaction."""

    async def count(connection: AsyncConnection) -> DayTotals:
        if more:
            await _add(connection, more)
        return await _totals(connection, day)

    return await (ledger.database.write(count) if more else ledger.database.read(count))


async def _add(connection: AsyncConnection, more: Collection[UsageFact]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(usage)
    sums = {name: usage.c[name] + made.excluded[name] for name in _COUNTS}
    in_order = sorted(more, key=lambda each: (each.day, each.key_id, each.model))  # so that no two wait for each other
    rows = [row_of(each) for each in in_order]
    await connection.execute(made.on_conflict_do_update(index_elements=_PLACE, set_=sums), rows)


async def _totals(connection: AsyncConnection, day: str) -> DayTotals:
    spent = select(usage.c.model, func.sum(usage.c.nanodollars)).where(usage.c.day == day).group_by(usage.c.model)
    tokens = func.sum(usage.c.prompt_tokens + usage.c.completion_tokens)
    used = select(usage.c.key_id, tokens).where(usage.c.day == day).group_by(usage.c.key_id)
    return DayTotals(
        # PostgreSQL sums whole numbers of this size as decimals
        nanodollars={model: int(total) for model, total in await connection.execute(spent)},
        tokens={key_id: int(total) for key_id, total in await connection.execute(used)},
    )
