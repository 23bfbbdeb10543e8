"""`arena store import-fastchat`."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from arena.errors import SetupError
from arena.session import Scope
from arena.settings import Launch
from logging_store.config import ledger_url
from logging_store.fastchat_facts import Statement
from logging_store.fastchat_files import LogFile, Skipped, log_files
from logging_store.importing import ImportReport, import_fastchat
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.tombstone_file import tombstone_files, tombstones_in

LINES_SHOWN = 100
"""Skipped lines named one by one; the others are only counted."""
_NAME = re.compile(r"[a-z0-9_]{1,40}")


def import_command(  # noqa: PLR0913, PLR0917 (one per option)
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="FastChat's log folder, with all its servers.")],
    data: Data = Path("data"),
    store: Store = None,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What the visitors agreed to beyond being served and logged: release, share. Repeatable."),
    ] = None,
    terms: Annotated[str, typer.Option(help="Under which terms: their version, or their text.")] = "",
    name: Annotated[str, typer.Option(help="The import's name. Its addresses are hashed by its own key.")] = "fastchat",
    config: Config = None,
) -> None:
    """Take a FastChat log into the ledger. It can be repeated and continued: nothing is taken twice."""
    launch: Launch = ctx.obj
    if not _NAME.fullmatch(name):
        raise SetupError("--name takes small letters, digits and _, up to 40 of them")
    if scope and not terms:
        raise SetupError("--scope needs --terms: say under which terms the visitors agreed")
    files = log_files(folder)
    url = ledger_url(launch.read_config(config).store, data, store)
    key = launch.data_key(data, f"import_{name}").get_secret_value().encode()
    statement = Statement(name, terms or "not stated", frozenset({Scope.SERVE, Scope.LOG, *(scope or ())}))
    chain_key = launch.data_key(data, "chain").get_secret_value().encode()
    buried = {each for tombstone in tombstones_in(*tombstone_files(data, None)) for each in tombstone.conversations}
    report = asyncio.run(_import(url, chain_key, files, statement, key, buried))
    for line in _said(report, statement):
        typer.echo(line)


async def _import(
    url: str, chain_key: bytes, files: list[LogFile], statement: Statement, key: bytes, buried: Set[str]
) -> ImportReport:
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    shown = Counter[str]()

    def show(line: Skipped) -> None:
        shown["lines"] += 1
        if shown["lines"] <= LINES_SHOWN:
            typer.echo(f"skipped {line.file}:{line.line}: {line.reason}", err=True)

    async with open_ledger(url, key=chain_key, writer="import") as ledger:
        with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
            bar = progress.add_task("importing", total=2 * sum(file.size for file in files))

            def moved(read: int) -> None:
                progress.advance(bar, read)

            report = await import_fastchat(ledger, files, statement, key, moved, skipped=show, buried=buried)
    if (more := shown["lines"] - LINES_SHOWN) > 0:
        typer.echo(f"skipped {more} more lines", err=True)
    return report


def _said(report: ImportReport, statement: Statement) -> list[str]:
    release = "may" if Scope.RELEASE in statement.scopes else "may not"
    return [
        f"read: {_listed(report.rows)}",
        f"skipped: {_listed(report.skipped)}",
        f"added: {_listed(report.added)}",
        f"noted: {_listed(report.noted)}",
        f"the import {statement.name} {release} be released",
    ]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} {number}" for what, number in sorted(counts.items()) if number) or "nothing"
