"""`arena export check`."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from arena.settings import ArenaFile, Launch
from export.canaries.planting import escaped, planted
from export.release.check.alone import findings_of_rows, quick_findings
from export.release.check.consent import consent_findings
from export.release.check.made import Made, releases_in
from export.release.check.said import compared, said_in_files
from export.release.key import release_key
from logging_store.config import existing_ledger_url
from logging_store.ledger import open_ledger
from logging_store.reading import conversation_records


def check(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A release, or the folder above those of several formats.")],
    data: Annotated[Path | None, typer.Option(help="The data folder: also ask its ledger about consent.")] = None,
    store: Annotated[str | None, typer.Option(help="A database URL instead of the data folder's file.")] = None,
    config: Annotated[
        Path | None, typer.Option("--arena-config", "--config", help="The arena.toml that says what is withheld.")
    ] = None,
) -> None:
    """Check a release: files, digests, columns, rows, order, numbers, personal data that is left.

    With a ledger also canaries, whether rows say what it holds, and whether all of it may still be released. Exits with
    1 if anything is found.
    """
    releases = releases_in(folder)
    launch: Launch = ctx.obj
    key, by_folder = b"", dict[Path, list[str]]()
    if data is not None or store is not None:
        place, settings = data or Path("data"), launch.read_config(config)
        url = existing_ledger_url(settings.store, place, store)
        key = release_key(launch, place)
        by_folder = asyncio.run(_of_ledger(url, settings, releases, key))
    found = 0
    for made in releases:
        for each in (*_told(made, key), *by_folder.get(made.folder, ())):
            typer.echo(f"{made.form.name}: {each}")
            found += 1
    _conclude(releases, found)


def _conclude(releases: Sequence[Made], found: int) -> None:
    if found:
        typer.echo(f"findings: {found}")
        raise typer.Exit(1)
    rows = ", ".join(f"{made.form.name} {made.manifest.counts.released}" for made in releases)
    typer.echo(f"nothing found (rows: {rows})")


def _told(made: Made, key: bytes) -> Iterator[str]:
    """Yield what is found without the ledger."""
    yield from quick_findings(made)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task(made.form.name, total=made.manifest.counts.released)
        yield from findings_of_rows(made, _leaks(made, key), lambda rows: progress.advance(bar, rows))


def _leaks(made: Made, key: bytes) -> Callable[[Iterable[str]], Sequence[str]]:
    """Return what tells which canaries stand in texts: only whoever has the key knows what they are."""
    count = made.manifest.canaries.get("planted", 0)
    if not key or not count:
        return lambda _texts: ()
    names = made.manifest.settings.get("names") != "none"
    canaries = planted(key, made.manifest.date, count, made.policy, names=names)
    return lambda texts: escaped(canaries, texts)


async def _of_ledger(url: str, settings: ArenaFile, releases: Sequence[Made], key: bytes) -> Mapping[Path, list[str]]:
    """Return by folders what the ledger has against rows: it is read once."""
    withheld = {model.name for model in settings.models if model.secret or not model.release}
    cohorts = frozenset(settings.export.withheld_cohorts)
    async with open_ledger(url) as ledger, aclosing(conversation_records(ledger, cohorts, battles=True)) as reads:
        with said_in_files(releases, key) as kept:
            found = await consent_findings(releases, compared(reads, kept), key, withheld)
            return {each.made.folder: [*found[each.made.folder], *each.findings()] for each in kept}
