"""`arena ratings site`: the boards as pages.

numpy is imported late: see `cli`.
"""

from pathlib import Path
from typing import Annotated

import typer

from export.ratings.options import Choice, Config, Data, Files, Labels, Store, tell
from export.ratings.recipe import Method, Weights
from export.ratings.recipe_file import BoardFile

# ruff: noqa: PLC0415 (see above)


def site(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    choice: Choice,
    out: Annotated[Path, typer.Option(help="The folder to write the pages into.")],
    board: Annotated[
        list[Path] | None, typer.Option(help="A folder that `arena ratings --out` wrote; may be given several times.")
    ] = None,
    battles: Files = None,
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
    labels: Labels = None,
    models: Annotated[
        Path | None, typer.Option(help="A TOML or JSON file with the models' organisations, licences and prices.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="The history.jsonl of published boards; else that of the ledger's data folder.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="What stands at the top; else the page's title.")] = None,
) -> None:
    """Write the leaderboard as pages: one folder, which needs no server and asks nobody for anything."""
    from export.ratings.board_run import BoardRun, read_table
    from export.ratings.site.making import write_site
    from export.ratings.site.models import facts_of, read_facts
    from export.ratings.site.sources import as_published, of_votes, read_boards, refuse_secret

    settings = ctx.obj.read_config(config)
    if board:
        if needless := (*choice.typed, *(["--battles"] if battles else [])):
            raise typer.BadParameter(f"--board: these boards are made already; leave out {needless[0]}")
        found = [each for folder in board for each in read_boards(folder)]
    else:
        with BoardRun.of(_with_checks(choice), labels or data / "labels.sqlite3") as run:
            table = read_table(run, ctx.obj, battles, config=config, data=data, store=store)
            found = of_votes(table, run.recipe, run.sorter, choice.min_battles)
        kept = data / "leaderboard" / "history.jsonl"
        history = history or (kept if kept.exists() and not battles else None)
    refuse_secret(found, {each.name for each in settings.models if each.secret})
    facts = read_facts(models) if models else facts_of(settings.models)
    found = as_published(found, history) if history else found
    tell(f"wrote {page}" for page in write_site(out, found, facts, title or settings.web.title))


def _with_checks(choice: Choice) -> BoardFile:
    """Return the choice, with checks where these can be made; a recipe file says itself whether it wants them."""
    board = choice.board
    can = board.method is Method.BT and board.weights is Weights.NONE and not board.style
    return board.model_copy(update={"checks": True}) if can and not choice.is_from_file else board
