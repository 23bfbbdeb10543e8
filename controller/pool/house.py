"""What the desks of all models share, and in which order they are looked after."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from controller.pool.lease import Chance, Clock
from controller.routing.line import Place
from controller.routing.rules import Allowance, Rules

OnWait = Callable[[int, float | None], None]
"""Told whenever the place in the queue changes: the position, 1 is the next, and an estimate in seconds."""


class Watcher(Protocol):
    """What counts what happens in the pool."""

    def queued(self, model: str, n: int) -> None:
        """Say how many requests wait for a model now."""
        ...

    def queue_waited(self, model: str, seconds: float) -> None:
        """Say how long one of them waited, however that ended."""
        ...

    def retried(self, model: str, reason: str) -> None:
        """Say that a request is tried again elsewhere, and why."""
        ...

    def word_time(self, model: str, seconds_per_word: float) -> None:
        """Say how fast an answer was written, once it is."""
        ...


class Waited(Protocol):
    """A model's desk, as far as it takes to look after those who wait there."""

    @property
    def head(self) -> Place[Any] | None:
        """Return who stands first, if anybody waits."""
        ...

    def serve_one(self) -> bool:
        """Settle the first of those who wait that can be settled now; return whether there was one."""
        ...

    def look_again(self) -> None:
        """Tell those who wait their new places, and come back when time alone may have made a slot free."""
        ...


@dataclass(frozen=True)
class House:
    """What all desks share. Clocks are monotonic, chances lie in [0, 1)."""

    rules: Rules
    allowance: Callable[[str], Allowance]
    watcher: Watcher
    clock: Clock
    chance: Chance
    queued: dict[str, Waited] = field(default_factory=dict[str, Waited])
    """The desks where somebody waits, by model."""

    def serve(self, models: Iterable[str]) -> None:
        """Look after those who wait for these models; of all of them whoever stands first goes first."""
        if not self.queued:
            return
        waited = {model: self.queued[model] for model in {*models} & self.queued.keys()}
        able = dict(waited)
        while heads := {model: head for model, desk in able.items() if (head := desk.head) is not None}:
            first = min(heads, key=heads.__getitem__)
            if not able[first].serve_one():
                del able[first]
        for desk in waited.values():
            desk.look_again()
