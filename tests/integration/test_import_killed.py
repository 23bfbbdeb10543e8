"""An import that is killed in the middle, again and again, and then taken to its end."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from pathlib import Path
from typing import Any

from arena.session import Scope
from logging_store.checking import faults
from logging_store.fastchat_facts import Statement
from logging_store.fastchat_files import log_files
from logging_store.importing import import_fastchat
from logging_store.ledger import open_ledger
from tests.fastchat_logs import NOON, a_battle_log, write_log
from tests.tables import all_rows

ROOT = Path(__file__).parents[2]
STATEMENT = Statement("fastchat", "their terms", frozenset({Scope.SERVE, Scope.LOG}))
ADDRESSES, CHAINS = b"of this import", b"the arena's"

IMPORT = """
import asyncio, sys
from pathlib import Path
from logging_store import importing
from logging_store.fastchat_files import log_files
from logging_store.ledger import open_ledger
from tests.integration.test_import_killed import ADDRESSES, CHAINS, STATEMENT

async def main(url, folder):
    importing.ROWS_AT_ONCE = 20
    async with open_ledger(url, key=CHAINS, writer="import") as ledger:
        read = lambda _: print("read", flush=True)
        await importing.import_fastchat(ledger, log_files(Path(folder)), STATEMENT, ADDRESSES, read)

asyncio.run(main(*sys.argv[1:]))
"""


async def _import_until(lines: int, url: str, folder: Path) -> None:
    """Import, and kill the process without warning after so many lines were read."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", IMPORT, url, str(folder), cwd=ROOT, stdout=PIPE
    )
    assert process.stdout is not None
    for _ in range(lines):
        assert await process.stdout.readline() == b"read\n"
    with suppress(ProcessLookupError):  # it may just have come to its end
        process.kill()
    await process.wait()


async def _whole(url: str, folder: Path) -> dict[str, Any]:
    async with open_ledger(url, key=CHAINS, writer="import") as ledger:
        await import_fastchat(ledger, log_files(folder), STATEMENT, ADDRESSES)
        rows = await all_rows(ledger)
    assert [fault async for fault in faults(url, NOON, CHAINS)] == []
    return {table: rows[table] for table in rows.keys() - {"links", "chains", "marks"}}


async def test_an_import_that_was_killed_goes_on_where_it_was(ledger_url: str, tmp_path: Path):
    rows = [row for number in range(0, 120, 2) for row in a_battle_log(number=number, at=NOON - 3600 + number)]
    folder = write_log(tmp_path / "log", *rows)

    for lines in (len(rows) + 25, len(rows) + 61, 2 * len(rows) - 1):
        await _import_until(lines, ledger_url, folder)

    untouched = f"sqlite:///{tmp_path}/once.sqlite3"
    assert await _whole(ledger_url, folder) == await _whole(untouched, folder)
