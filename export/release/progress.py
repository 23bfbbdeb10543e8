"""How far a release is: a bar a stage on a terminal, lines of JSON for programs, nothing for logs."""

import json
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Watcher(Protocol):
    """Is told what happens."""

    def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
        """A stage begins, of which some may be done already."""
        ...

    def advance(self, number: int = 1) -> None:
        """So much more of the stage is done."""
        ...

    def end(self) -> None:
        """The stage is done."""
        ...

    def note(self, kind: str, **facts: Any) -> None:
        """Something is worth a line."""
        ...


class Quiet:
    """Shows nothing but notes, on stderr."""

    def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
        """See `Watcher`."""

    def advance(self, number: int = 1) -> None:
        """See `Watcher`."""

    def end(self) -> None:
        """See `Watcher`."""

    def note(self, kind: str, **facts: Any) -> None:
        """See `Watcher`."""
        print(_sentence(kind, facts), file=sys.stderr, flush=True)  # noqa: T201 (the command's own)


class JsonLines:
    """Writes one JSON object a line to stdout: a stage's begin and end, and at most one a second in between."""

    def __init__(self) -> None:
        self._stage = ""
        self._total = self._done = 0
        self._began = self._said = 0.0

    def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
        """See `Watcher`."""
        self._stage, self._total, self._done = stage, total, done
        self._began = self._said = time.monotonic()
        self.note("stage", stage=stage, state="begun", done=done, total=total, unit=unit)

    def advance(self, number: int = 1) -> None:
        """See `Watcher`."""
        self._done += number
        if time.monotonic() - self._said >= 1:
            self._said = time.monotonic()
            self.note("stage", stage=self._stage, state="running", done=self._done, total=self._total)

    def end(self) -> None:
        """See `Watcher`."""
        seconds = round(time.monotonic() - self._began, 3)
        self.note("stage", stage=self._stage, state="done", done=self._done, total=self._total, seconds=seconds)

    def note(self, kind: str, **facts: Any) -> None:
        """See `Watcher`."""
        print(json.dumps({"event": kind, **facts}), flush=True)  # noqa: T201


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Show it."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


class Bars:
    """Shows a bar a stage, on a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: Any = None

    def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
        """See `Watcher`."""
        self._task = self._progress.add_task(f"{stage} ({unit})", total=total, completed=done)

    def advance(self, number: int = 1) -> None:
        """See `Watcher`."""
        self._progress.advance(self._task, number)

    def end(self) -> None:
        """See `Watcher`."""
        task = self._progress.tasks[self._task]
        self._progress.update(self._task, total=task.completed)

    def note(self, kind: str, **facts: Any) -> None:
        """See `Watcher`."""
        self._progress.console.print(_sentence(kind, facts), markup=False, highlight=False)


@contextmanager
def watching(*, as_json: bool) -> Generator[Watcher]:
    """Lend whoever shows how far it is."""
    console = Console(stderr=True)
    if as_json:
        yield JsonLines()
    elif not console.is_terminal:
        yield Quiet()
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console) as progress:
            yield Bars(progress)


def _sentence(kind: str, facts: dict[str, Any]) -> str:
    return f"{kind.replace('_', ' ')}: " + ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in facts.items()
    )
