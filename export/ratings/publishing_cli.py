"""`arena ratings publish`, `reject`, `history` and `rollback`: what an operator does with boards."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arena.errors import SetupError
from arena.leaderboard import Leaderboard
from arena.settings import Launch

if TYPE_CHECKING:
    from export.ratings.board_ledger import StoredVotes
    from logging_store.ledger import Ledger

# ruff: noqa: PLC0415 (numpy reads the number of threads when it is first imported)

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read.")]
Data = Annotated[Path, typer.Option(help="The data folder.")]
Store = Annotated[
    str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
]


def publish(
    ctx: typer.Context,
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
    show: Annotated[bool, typer.Option("--show", help="Only say what would change.")] = False,
    draft: Annotated[
        str | None, typer.Option(help="Publish only if this is the board that waits: the name that --show told.")
    ] = None,
) -> None:
    """Publish the leaderboard that waits for review, and say what that changes."""
    from export.ratings.figure_keeping import DRAFTS, FigureDrafts
    from export.ratings.publishing import Publisher, changes, name_of

    folder = data / "leaderboard"
    publisher = Publisher(folder, with_review=True)
    board = publisher.draft()
    if draft not in {None, name := name_of(board)}:
        raise SetupError(f"another board waits by now, {name}: look at it with --show")

    async def work() -> list[str]:
        async with _opened(ctx, config, data, store) as (ledger, shelf):
            said = [f"board {name}, {_in_words(board)}", *changes(await ledger.leaderboard(), board)]
            if not show:
                await publisher.publish(shelf, board)
                await FigureDrafts(folder / DRAFTS).publish(ledger, board)
            return said

    lines = asyncio.run(work())
    typer.echo("\n".join(lines))
    typer.echo(f"nothing is published yet: arena ratings publish --draft {name}" if show else "published")


def reject(data: Data = Path("data")) -> None:
    """Take away the leaderboard that waits for review. Visitors go on seeing the last one that was published."""
    from export.ratings.figure_keeping import DRAFTS, FigureDrafts
    from export.ratings.publishing import Publisher, name_of

    publisher = Publisher(data / "leaderboard", with_review=True)
    board = publisher.reject()
    FigureDrafts(publisher.folder / DRAFTS).reject(board, publisher.history.last())
    typer.echo(f"board {name_of(board)}, {_in_words(board)}, is taken away; the next vote makes another one")


def history(data: Data = Path("data")) -> None:
    """List what was published, and check that nothing of it was changed."""
    from export.ratings.history import History

    for number, board in enumerate(History(data / "leaderboard" / "history.jsonl").boards(), 1):
        best = ", ".join(row.model for row in board.rows[:3] if row.status == "rated")
        typer.echo(f"{number}: {_in_words(board)}" + (f"; best: {best}" if best else ""))


def rollback(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="Which one, as `arena ratings history` numbers them.")],
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
) -> None:
    """Publish an earlier leaderboard again. It becomes the history's last one: nothing there is taken away."""
    from export.ratings.figure_keeping import withdraw
    from export.ratings.publishing import Publisher, changes

    launch: Launch = ctx.obj
    if not launch.read_config(config).export.board_review:
        raise SetupError("export.board_review is false: `arena ratings watch` would publish a new board over it")
    publisher = Publisher(data / "leaderboard", with_review=True)
    found = list(publisher.history.boards())
    if number > len(found):
        raise SetupError(f"there are {len(found)} boards in the history")
    board = found[number - 1]

    async def work() -> list[str]:
        async with _opened(ctx, config, data, store) as (ledger, shelf):
            before = await ledger.leaderboard()
            await publisher.publish(shelf, board)
            await withdraw(shelf, before, board)
            return list(changes(before, board))

    typer.echo("\n".join([f"board {number}, {_in_words(board)}, is published again", *asyncio.run(work())]))


@asynccontextmanager
async def _opened(
    ctx: typer.Context, config: Path | None, data: Path, store: str | None
) -> "AsyncGenerator[tuple[Ledger, StoredVotes]]":
    from export.ratings.board_ledger import StoredVotes
    from logging_store.config import existing_ledger_url
    from logging_store.ledger import open_ledger

    launch: Launch = ctx.obj
    async with open_ledger(existing_ledger_url(launch.read_config(config).store, data, store)) as ledger:
        yield ledger, StoredVotes(ledger)


def _in_words(board: Leaderboard) -> str:
    when = datetime.fromtimestamp(board.updated_at or 0.0, UTC)
    return f"{when:%Y-%m-%d %H:%M} UTC, {board.votes:,} votes"
