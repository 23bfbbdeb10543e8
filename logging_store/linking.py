"""Writes the links of what was told, in the transaction that writes the records themselves."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from arena.ids import new_id
from logging_store.chain import Chain, Said, key_mark
from logging_store.tables import chains, links
from logging_store.writing import write_fields

_LINK = links.insert()
_BEGIN = chains.insert()
_GO_ON = (
    chains.update()
    .where(chains.c.name == bindparam("its_name"), chains.c.length == bindparam("length_before"))
    .values(length=bindparam("length"), head=bindparam("head"), seal=bindparam("seal"))
)


class Linker:
    """The chain of one process that writes. It is asked by one transaction after the other, never by two at once.

    The chain in memory is that of the database as long as every transaction was committed. After any other end it is
    let go, whatever became of that transaction, and the next one begins a chain of its own: so none is ever forked.
    """

    def __init__(self, key: bytes, writer: str, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._writer = writer
        self._clock = clock
        self._day = ""
        self._chain: Chain | None = None

    async def link(self, connection: AsyncConnection, told: Sequence[Said]) -> None:
        """Write the links of what was told, and how far the chain has come."""
        day = datetime.fromtimestamp(self._clock(), UTC).date().isoformat()
        if self._chain is None or self._day != day:
            self._day, self._chain = day, Chain(self._key, f"{self._writer}-{new_id()}/{day}")
        before = self._chain.length
        made = self._chain.add(told)
        await write_fields(connection, _LINK, made)
        await self._keep_end(connection, self._chain, before)

    def let_go(self) -> None:
        """Begin a new chain next time: nobody knows how the last transaction ended."""
        self._chain = None

    async def _keep_end(self, connection: AsyncConnection, chain: Chain, before: int) -> None:
        end: dict[str, Any] = {"length": chain.length, "head": chain.head, "seal": chain.seal}
        if before == 0:
            its_own = {"name": chain.name, "writer": self._writer, "day": self._day, "key_mark": key_mark(self._key)}
            await connection.execute(_BEGIN, {**its_own, **end})
            return
        kept = await connection.execute(_GO_ON, {"its_name": chain.name, "length_before": before, **end})
        if kept.rowcount != 1:
            raise LedgerError("the end of this process's chain was changed by somebody else")
