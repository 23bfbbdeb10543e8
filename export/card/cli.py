"""`arena export card`: writes the card of a finished release anew."""

from pathlib import Path
from typing import Annotated

import typer

from arena.errors import SetupError
from export.card.finished import check_data, list_anew, read_manifest
from export.card.licence_names import checked_licence


def card(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished release.")],
    tokenizer: Annotated[Path | None, typer.Option(help="A tokenizer.json to count tokens with.")] = None,
    title: Annotated[str | None, typer.Option(help="The data set's name.")] = None,
    licence: Annotated[str | None, typer.Option(help="A licence for the card instead of the form's own.")] = None,
    contact: Annotated[str | None, typer.Option(help="Whom to write to.")] = None,
) -> None:
    """Write card, licence, statistics, Croissant and report of a finished release anew; the data stays as it is."""
    # what draws and counts takes a second to load, which other commands need not wait
    from export.card.facts import load, with_words  # noqa: PLC0415
    from export.card.finish import finish, report_path  # noqa: PLC0415

    if licence is not None:
        try:
            checked_licence(licence)
        except ValueError as error:
            raise SetupError(f"--licence: {error}") from error
    manifest = read_manifest(folder)
    check_data(folder, manifest)
    summary = with_words(load(folder), title=title, licence=licence, contact=contact)
    facts = finish(folder, summary, tokenizer)
    list_anew(folder, manifest)
    typer.echo(f"{summary.form}: wrote the card of {facts.stats.rows:,} rows anew, and {report_path(folder)}")
