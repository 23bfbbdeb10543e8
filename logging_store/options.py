"""The options that the ledger's commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read.")]
Data = Annotated[Path, typer.Option(help="The data folder.")]
Store = Annotated[str | None, typer.Option(help="A database URL instead of the data folder's file.")]
Tombstones = Annotated[
    list[Path] | None,
    typer.Option(
        help="Another arena's tombstones.jsonl, or a kept copy: applied besides the data folder's. Repeatable."
    ),
]
