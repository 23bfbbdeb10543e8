"""`arena export canaries`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from arena.settings import Launch
from export.canaries.planting import planted
from export.release.config import read_settings
from export.release.key import release_key


def canaries(
    ctx: typer.Context,
    date: Annotated[str, typer.Option(help="The date of the release, as 2026-10-01.")],
    count: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    data: Annotated[Path, typer.Option(help="The data folder, which holds the release key.")] = Path("data"),
) -> None:
    """Write the fake conversations of a release as lines of JSON, to be planted where no release may take from."""
    launch: Launch = ctx.obj
    day = read_settings(None, {"date": date}).date
    for each in planted(release_key(launch, data), str(day), count):
        line = {"messages": each.texts[::2], "code_word": each.code_word, "identities": each.identities}
        typer.echo(json.dumps(line, ensure_ascii=False))
