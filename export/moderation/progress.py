"""How far a run is: a bar for people, lines of JSON for programs, nothing where nobody looks."""

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from export.moderation.fetching import Fetched, Watch

SECONDS = 1.0
"""Between two lines of JSON."""


def figures(fetched: Fetched) -> dict[str, Any]:
    """Return what was done, for programs."""
    return {
        "conversations": fetched.conversations,
        "messages": fetched.messages,
        "asked": fetched.asked,
        "moderated": fetched.moderated,
        "unmoderated": dict(sorted(fetched.unmoderated.items())),
    }


@contextmanager
def watching(what: str, conversations: int, *, as_json: bool) -> Generator[Watch]:
    """Lend what is to be told of each step."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[asked]} texts asked, {task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=as_json or not console.is_terminal, transient=True) as progress:
        bar = progress.add_task(what, total=conversations, asked=0, rate=0.0)
        began = time.monotonic()

        def show(fetched: Fetched) -> None:
            rate = fetched.asked / max(time.monotonic() - began, 0.001)
            progress.update(bar, completed=fetched.conversations, asked=fetched.asked, rate=rate)

        yield _lines(what, conversations) if as_json else show


def _lines(what: str, conversations: int) -> Callable[[Fetched], None]:
    last = 0.0

    def write(fetched: Fetched) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= SECONDS:
            last = now
            typer.echo(json.dumps({"stage": what, "total": conversations} | figures(fetched)))

    return write
