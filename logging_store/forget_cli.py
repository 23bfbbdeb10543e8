"""`arena store forget` and `sweep`."""

import asyncio
import sys
import time
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from arena.errors import SetupError
from arena.settings import Launch
from logging_store.burying import apply_to
from logging_store.config import existing_ledger_url
from logging_store.erasing import Forgotten
from logging_store.forgetting import forget, forget_key
from logging_store.ledger import Ledger, open_ledger
from logging_store.options import Config, Data, Store
from logging_store.spool_file import purge
from logging_store.sweeping import WORK_SECONDS, sweep
from logging_store.tombstone_file import FILE_NAME, tombstone_files
from logging_store.traces import Sought
from logging_store.verifying import (
    OUT_OF_REACH,
    Searched,
    excerpts,
    forgotten_ids,
    places,
    said_by_others,
    search,
)

_WRITER = "forget"

Pause = Annotated[
    float, typer.Option("--seconds", min=0, help="The longest that writers wait for this; 0: as long as it takes.")
]


def forget_command(
    ctx: typer.Context,
    key: Annotated[str | None, typer.Option(help="Instead: what this key of a program asked and was answered.")] = None,
    data: Data = Path("data"),
    store: Store = None,
    seconds: Pause = WORK_SECONDS,
    config: Config = None,
) -> None:
    """Forget a visitor. The deletion code is read from standard input, never from the command line.

    Then its database files are written anew and searched for what was erased. Exit with 1 if traces are left.
    """
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    code = _code() if key is None else None
    chain_key = launch.data_key(data, "chain").get_secret_value().encode()
    is_gone = asyncio.run(_forget(url, chain_key, data, code, key, seconds or None))
    typer.echo(OUT_OF_REACH)
    if not is_gone:
        raise typer.Exit(1)


def sweep_command(
    ctx: typer.Context,
    data: Data = Path("data"),
    store: Store = None,
    seconds: Pause = WORK_SECONDS,
    config: Config = None,
) -> None:
    """Write the database's files anew, without traces of what was forgotten; end what a deletion left half done.

    The arena may run: if it would have to wait for longer than `--seconds`, this gives up and exits with 1.
    """
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    chain_key = launch.data_key(data, "chain").get_secret_value().encode()
    if not asyncio.run(_sweep(url, chain_key, data, seconds or None)):
        raise typer.Exit(1)


def tell_searched(searched: Searched) -> None:
    """Say where something was found, and what could not be searched. Never what it says."""
    for trace in searched.traces[:_SHOWN]:
        what = "an old copy of a forgotten turn" if trace.phrase is None else f"phrase {trace.phrase + 1}"
        typer.echo(f"{trace.file} at byte {trace.offset}: {what}")
    if (more := len(searched.traces) - _SHOWN) > 0:
        typer.echo(f"and {more} more")
    for each in searched.unread:
        typer.echo(f"not searched: {each}", err=True)


_SHOWN = 100


def _code() -> str:
    code = getpass("deletion code: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not code.strip():
        raise SetupError("a deletion code is read from standard input, and there was none")
    return code


async def _forget(
    url: str, chain_key: bytes, data: Path, code: str | None, key: str | None, seconds: float | None
) -> bool:
    file, now = data / FILE_NAME, time.time()
    async with open_ledger(url, key=chain_key, writer=_WRITER) as ledger:
        if code is not None:
            forgotten = await forget(ledger, code, now, tombstones=file)
        else:
            forgotten = await forget_key(ledger, key or "", now, tombstones=file)
        typer.echo(f"forgotten: conversations {forgotten.conversations}")
        if waiting := purge(data / "spool", forgotten.turn_ids, forgotten.conversation_ids):
            typer.echo(f"taken out of the spool: turns {waiting}")
        swept = await sweep(ledger, work_seconds=seconds)
        typer.echo(swept.said if swept.is_clean else f"traces may be left until `arena store sweep`: {swept.said}")
        searched = await _search(ledger, url, data, forgotten)
    tell_searched(searched)
    typer.echo(f"searched for what was erased: {searched.size} bytes, traces {len(searched.traces)}")
    return swept.is_clean and not searched.traces


async def _search(ledger: Ledger, url: str, data: Path, forgotten: Forgotten) -> Searched:
    """Look for the very words that were erased, where nobody else says them, and for old copies of rows."""
    files, missing = places(url, data)
    sought = Sought(await forgotten_ids(ledger), excerpts(forgotten.texts))
    searched = await asyncio.to_thread(search, files, sought)
    common = {
        number
        for number in {trace.phrase for trace in searched.traces}
        if number is not None and await said_by_others(ledger, sought.phrases[number])
    }
    searched.traces = [trace for trace in searched.traces if trace.phrase not in common]
    searched.unread += missing
    return searched


async def _sweep(url: str, chain_key: bytes, data: Path, seconds: float | None) -> bool:
    async with open_ledger(url, key=chain_key, writer=_WRITER) as ledger:
        applied = await apply_to(ledger, tombstone_files(data))
        if not applied.is_nothing:
            gone = f"sessions {applied.sessions}, conversations {applied.conversations}"
            typer.echo(f"forgotten now, for a deletion that had broken off: {gone}")
        swept = await sweep(ledger, work_seconds=seconds)
    typer.echo(swept.said)
    return swept.is_clean
