"""`arena ratings`: the leaderboard.

numpy reads the number of threads when it is first imported. So nothing here imports it before `use_one_thread`.
"""

import asyncio
import math
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arena.settings import Launch
from export.ratings.labels.cli import label
from export.ratings.publishing_cli import history, publish, reject, rollback
from export.ratings.recipe import Interval, Method, Weights
from export.ratings.threads import use_one_thread

if TYPE_CHECKING:
    from export.ratings.board_run import BoardRun
    from export.ratings.vote_table import VoteTable

# ruff: noqa: PLC0415 (see above)

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read.")]
Data = Annotated[Path, typer.Option(help="The data folder.")]
Store = Annotated[
    str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
]
Files = Annotated[
    list[Path] | None,
    typer.Option(help="Votes in a file (CSV, JSON lines, Parquet), a release or a folder; may be given several times."),
]

command = typer.Typer(help="Rate the models by their votes.")
command.command("label")(label)
for each in (publish, reject, rollback, history):
    command.command()(each)


@command.callback(invoke_without_command=True)
def ratings(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    battles: Files = None,
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
    out: Annotated[Path | None, typer.Option(help="A folder to write the leaderboard's files into.")] = None,
    method: Annotated[Method, typer.Option(help="What the rating is.")] = Method.BT,
    ci: Annotated[Interval, typer.Option(help="What the interval is.")] = Interval.SANDWICH,
    style: Annotated[bool, typer.Option("--style", help="Rate with style held equal.")] = False,
    anchor: Annotated[str | None, typer.Option(help="MODEL=RATING: show this model with this rating.")] = None,
    rounds: Annotated[int, typer.Option(min=2, max=100_000, help="Rounds of the bootstrap.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    min_battles: Annotated[int, typer.Option(min=0, help="Hide models with fewer.")] = 1,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="COLUMN=VALUE (or != < <= > >=); all must be met.")
    ] = None,
    recipe_file: Annotated[
        Path | None, typer.Option("--recipe", help="A TOML file with all these choices, instead of options.")
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Also a board of its own for: code, language=German, ... (docs/ratings.md). Several times."),
    ] = None,
    label_model: Annotated[str | None, typer.Option(help="Take this model's labels.")] = None,
    labels: Annotated[Path | None, typer.Option(help="The file of labels; else that in the data folder.")] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="Count votes though this was recorded against them, as stopped_answer.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="unanswered, identity_asked or identity_leak, told from the texts.")
    ] = None,
    exclude_voter: Annotated[list[str] | None, typer.Option(help="Count no vote of this voter.")] = None,
    per_voter: Annotated[int | None, typer.Option(min=1, help="Count only so many votes of one voter.")] = None,
    per_prompt: Annotated[int | None, typer.Option(min=1, help="Count only so many votes about one prompt.")] = None,
    weights: Annotated[
        Weights, typer.Option(help="propensity: pairs that were drawn often weigh less (needs pair_probability).")
    ] = Weights.NONE,
    weight_cap: Annotated[
        float, typer.Option(min=1, help="No battle weighs more than so many times the median.")
    ] = 10.0,
    checks: Annotated[bool, typer.Option("--checks", help="Also: influence, joint ranks, side, fit, months.")] = False,
) -> None:
    """Rate the models by their votes: those in the ledger, or those in files (--battles)."""
    use_one_thread()
    if ctx.invoked_subcommand is not None:
        return
    from export.ratings.board_run import BoardRun
    from export.ratings.recipe_file import BoardAnchor, BoardFile, read_board_file

    if recipe_file is not None:
        if twice := sorted(name for name in BoardFile.model_fields if _is_typed(ctx, name)):
            raise typer.BadParameter(f"--recipe says all of it; leave out --{twice[0].replace('_', '-')}")
        wanted = read_board_file(recipe_file)
    else:
        at = _anchor(anchor)
        if not math.isfinite(weight_cap):
            raise typer.BadParameter("--weight-cap: a finite number is needed")
        wanted = BoardFile(
            method=method,
            ci=ci,
            style=style,
            anchor=None if at is None else BoardAnchor(model=at[0], rating=at[1]),
            rounds=rounds,
            seed=seed,
            filters=tuple(filters or ()),
            category=tuple(category or ()),
            label_model=label_model,
            allow=tuple(allow or ()),
            leave_out=tuple(leave_out or ()),
            exclude_voter=tuple(exclude_voter or ()),
            per_voter=per_voter,
            per_prompt=per_prompt,
            weights=weights,
            weight_cap=weight_cap,
            checks=checks,
        )
    with BoardRun.of(wanted, labels or data / "labels.sqlite3") as run:
        table = run.read_files(battles) if battles else asyncio.run(_ledger_votes(run, ctx.obj, config, data, store))
        for line in run.rate(table, out, min_battles):
            typer.echo(line)


def _is_typed(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _anchor(text: str | None) -> tuple[str, float] | None:
    if text is None:
        return None
    model, _, rating = text.rpartition("=")
    try:
        value = float(rating)
    except ValueError:
        value = math.nan
    if not model or not math.isfinite(value):
        raise typer.BadParameter(f"--anchor: {text!r} is not MODEL=RATING, such as gpt-4=1114")
    return model, value


async def _ledger_votes(
    run: "BoardRun", launch: Launch, config: Path | None, data: Path, store: str | None
) -> "VoteTable":
    from logging_store.config import existing_ledger_url
    from logging_store.ledger import open_ledger

    settings = launch.read_config(config)
    async with open_ledger(existing_ledger_url(settings.store, data, store)) as ledger:
        return await run.read_ledger(ledger, [model.name for model in settings.models if model.secret])


@command.command()
def site(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="The folder to write the pages into.")],
    board: Annotated[
        list[Path] | None, typer.Option(help="A folder that `arena ratings --out` wrote; may be given several times.")
    ] = None,
    battles: Files = None,
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
    recipe_file: Annotated[
        Path | None, typer.Option("--recipe", help="How the boards are made: a TOML file, or a leaderboard.json.")
    ] = None,
    category: Annotated[list[str] | None, typer.Option(help="Also a board of this category. Several times.")] = None,
    labels: Annotated[Path | None, typer.Option(help="The file of labels; else that in the data folder.")] = None,
    models: Annotated[
        Path | None, typer.Option(help="A TOML or JSON file with the models' organisations, licences and prices.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="The history.jsonl of published boards; else that of the ledger's data folder.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="What stands at the top; else the page's title.")] = None,
) -> None:
    """Write the leaderboard as pages: one folder, which needs no server and asks nobody for anything."""
    from export.ratings.board_run import BoardRun
    from export.ratings.recipe_file import BoardFile, read_board_file
    from export.ratings.site.making import write_site
    from export.ratings.site.models import facts_of, read_facts
    from export.ratings.site.sources import as_published, of_votes, read_boards, refuse_secret

    settings = ctx.obj.read_config(config)
    if board:
        found = [each for folder in board for each in read_boards(folder)]
    else:
        wanted = read_board_file(recipe_file) if recipe_file else BoardFile(checks=True)
        wanted = wanted.model_copy(update={"category": (*wanted.category, *(category or ()))})
        with BoardRun.of(wanted, labels or data / "labels.sqlite3") as run:
            table = (
                run.read_files(battles) if battles else asyncio.run(_ledger_votes(run, ctx.obj, config, data, store))
            )
            found = of_votes(table, run.recipe, run.sorter)
        kept = data / "leaderboard" / "history.jsonl"
        history = history or (kept if kept.exists() and not battles else None)
    refuse_secret(found, {each.name for each in settings.models if each.secret})
    facts = read_facts(models) if models else facts_of(settings.models)
    found = as_published(found, history) if history else found
    for page in write_site(out, found, facts, title or settings.web.title):
        typer.echo(f"wrote {page}")


@command.command()
def watch(ctx: typer.Context, config: Config = None, data: Data = Path("data"), store: Store = None) -> None:
    """Keep the leaderboard in the ledger up to date, until stopped."""
    from export.ratings import watch as watching
    from export.ratings.board_ledger import stored_votes
    from export.ratings.live_board import Following, live_board
    from logging_store.config import ledger_url

    launch: Launch = ctx.obj
    settings = launch.read_config(config)
    url = ledger_url(settings.store, data, store)
    following = Following(lambda: launch.read_config(config), config or Path("arena.toml"), settings)
    with live_board(settings, data, following) as keeper:
        stopped = asyncio.run(watching.watch(keeper, lambda: stored_votes(url), settings.export.board_seconds))
    if stopped is signal.SIGINT:
        raise KeyboardInterrupt
