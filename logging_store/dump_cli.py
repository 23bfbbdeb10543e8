"""`arena store dump` and `load`."""

import asyncio
import sys
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn

from arena.errors import SetupError
from arena.settings import Launch
from logging_store.backup_cli import tell_restored
from logging_store.backups import load
from logging_store.config import existing_ledger_url, ledger_url
from logging_store.dumping import dump_ledger
from logging_store.ledger import open_ledger
from logging_store.new_file import new_file
from logging_store.options import Config, Data, Store, Tombstones
from logging_store.tombstone_file import tombstone_files

PIPE = Path("-")


def dump_command(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; - for standard output.")],
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """Write the whole ledger as JSON lines. It holds what visitors said, and of keys only hashes."""
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    with _writing(out) as lines:
        rows = asyncio.run(_dump(url, lines))
    typer.echo(f"dumped: {_listed(rows)}", err=True)


def load_command(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A dump; - for standard input.")],
    data: Data = Path("data"),
    store: Store = None,
    tombstones: Tombstones = None,
    config: Config = None,
) -> None:
    """Write a dump into a new or empty ledger, all of it or nothing, without what was forgotten since it was made."""
    launch: Launch = ctx.obj
    url = ledger_url(launch.read_config(config).store, data, store)
    key = launch.data_key(data, "chain").get_secret_value().encode()
    with _reading(source) as lines, _progress(None) as progress:
        loading = load(
            lines,
            url,
            lambda rows: progress.update(progress.task_ids[0], completed=rows),
            tombstones=tombstone_files(data, tombstones),
            key=key,
        )
        restored = asyncio.run(loading)
    tell_restored(restored)
    typer.echo(f"loaded: {_listed(restored.rows)}", err=True)


async def _dump(url: str, lines: BinaryIO) -> Counter[str]:
    async with open_ledger(url) as ledger:
        with _progress(sum((await ledger.row_counts()).values())) as progress:
            return await dump_ledger(ledger, lines, lambda rows: progress.update(progress.task_ids[0], completed=rows))


@contextmanager
def _progress(total: int | None) -> Generator[Progress]:
    console = Console(stderr=True)
    columns = (*Progress.get_default_columns(), TextColumn("{task.completed:,}"))
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        progress.add_task("rows", total=total)
        yield progress


@contextmanager
def _writing(path: Path) -> Generator[BinaryIO]:
    if path == PIPE:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with new_file(path) as draft, draft.open("wb") as out:
        yield out


@contextmanager
def _reading(path: Path) -> Generator[BinaryIO]:
    if path == PIPE:
        yield sys.stdin.buffer
        return
    try:
        source = path.open("rb")
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from error
    with source:
        yield source


def _listed(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{table} {number}" for table, number in sorted(rows.items())) or "no rows"
