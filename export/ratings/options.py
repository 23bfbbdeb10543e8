"""The options that make a board, each defined once: every command that makes boards takes all of them.

Nothing here imports numpy: a command says first how many threads it may take.
"""

import functools
import inspect
import math
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from export.ratings.recipe import Interval, Method, Weights
from export.ratings.recipe_file import BoardAnchor, BoardFile, read_board_file

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read.")]
Data = Annotated[Path, typer.Option(help="The data folder.")]
Store = Annotated[
    str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
]
Files = Annotated[
    list[Path] | None,
    typer.Option(help="Votes in a file (CSV, JSON lines, Parquet), a release or a folder; may be given several times."),
]
_CALLED = {"filters": "--filter", "recipe_file": "--recipe"}
Labels = Annotated[Path | None, typer.Option(help="The file of labels; else that in the data folder.")]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for."""

    board: BoardFile
    is_from_file: bool
    """Whether `--recipe` named it."""
    min_battles: int
    typed: tuple[str, ...]
    """The flags that were typed to say so."""


def takes_choice(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, which takes a `choice` besides its own options, those that make one."""
    own = inspect.signature(command)
    shared = {name: each for name, each in inspect.signature(_choice).parameters.items() if name != "ctx"}
    options = {**{name: each for name, each in own.parameters.items() if name != "choice"}, **shared}
    parameters = [each.replace(kind=each.KEYWORD_ONLY) for each in options.values()]

    @functools.wraps(command)
    def told(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in shared}
        command(**given, choice=_choice(given["ctx"], **chosen))

    told.__dict__["__signature__"] = own.replace(parameters=parameters)
    return told


def _choice(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    method: Annotated[Method, typer.Option(help="What the rating is.")] = Method.BT,
    ci: Annotated[Interval, typer.Option(help="What the interval is.")] = Interval.SANDWICH,
    style: Annotated[bool, typer.Option("--style", help="Rate with style held equal.")] = False,
    style_without: Annotated[
        list[str] | None,
        typer.Option(help="Leave out of style: length, headers, lists, bold, code or emoji. Several times."),
    ] = None,
    anchor: Annotated[str | None, typer.Option(help="MODEL=RATING: show this model with this rating.")] = None,
    rounds: Annotated[int, typer.Option(min=2, max=100_000, help="Rounds of the bootstrap.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    min_battles: Annotated[int, typer.Option(min=0, help="Hide models with fewer.")] = 1,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="COLUMN=VALUE (or != < <= > >=); all must be met.")
    ] = None,
    recipe_file: Annotated[
        Path | None,
        typer.Option("--recipe", help="A TOML file with all these choices, or a leaderboard.json, instead of options."),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(help="Also a board of its own for: code, language=German, ... (docs/ratings.md). Several times."),
    ] = None,
    label_model: Annotated[str | None, typer.Option(help="Take this model's labels.")] = None,
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
) -> Choice:
    typed = typed_flags(ctx, (*BoardFile.model_fields, "min_battles"))
    if recipe_file is not None:
        if twice := sorted({*typed} - {"--min-battles"}):
            raise typer.BadParameter(f"--recipe says all of it; leave out {twice[0]}")
        return Choice(read_board_file(recipe_file), True, min_battles, ("--recipe", *typed))
    if not math.isfinite(weight_cap):
        raise typer.BadParameter("--weight-cap: a finite number is needed")
    board = BoardFile(
        method=method,
        ci=ci,
        style=style,
        style_without=tuple(style_without or ()),
        anchor=_anchor(anchor),
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
    return Choice(board, False, min_battles, typed)


def typed_flags(ctx: typer.Context, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of some options that were typed, as one types them."""
    sources = {name: ctx.get_parameter_source(name) for name in names}
    typed = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    return tuple(_CALLED.get(name, f"--{name.replace('_', '-')}") for name in typed)


def _anchor(text: str | None) -> BoardAnchor | None:
    if text is None:
        return None
    model, _, rating = text.rpartition("=")
    try:
        value = float(rating)
    except ValueError:
        value = math.nan
    if not model or not math.isfinite(value):
        raise typer.BadParameter(f"--anchor: {text!r} is not MODEL=RATING, such as gpt-4=1114")
    return BoardAnchor(model=model, rating=value)


def tell(lines: Iterable[str]) -> None:
    """Print lines. Whoever reads them may stop before the end (`| head`): that is no mistake."""
    try:
        for line in lines:
            typer.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the exit writes the rest, and complains
