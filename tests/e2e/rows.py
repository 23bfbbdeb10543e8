"""What an arena wrote into its ledger."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.e2e.arena_up import ArenaUp

TABLES = ("sessions", "consents", "conversations", "battles", "turns", "votes", "reactions", "release_choices")


class Rows:
    """What the ledger holds that it did not hold before."""

    def __init__(self, arena: ArenaUp) -> None:
        self._file = arena.folder / "data" / "ledger.sqlite3"
        self._before = {table: self._count(table) for table in TABLES}

    def _count(self, table: str) -> int:
        return self._read(f"select count(*) as n from {table}")[0]["n"]

    def _read(self, query: str, *values: object) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self._file)) as ledger:
            ledger.row_factory = sqlite3.Row
            return [dict(row) for row in ledger.execute(query, values)]

    def new(self, table: str) -> list[dict[str, Any]]:
        """Return the new rows of a table, oldest first."""
        return self._read(f"select * from {table} order by rowid limit -1 offset ?", self._before[table])
