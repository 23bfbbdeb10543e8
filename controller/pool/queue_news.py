"""What a visitor is told while an answer waits in line."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from arena.chat import Queued, Side


@dataclass
class QueueNews:
    """Turns the places of a turn's sides into events. In a blind battle it is one event for both, without a side.

    There the later of the two places and waits is told: which side waits could tell which model is in demand. It is
    told when both sides have had their say, so that neither its order nor its number gives away what each of them said.
    """

    put: Callable[[Queued], None]
    is_blind: bool
    _places: dict[Side | None, tuple[int, float | None]] = field(
        default_factory=dict[Side | None, tuple[int, float | None]]
    )
    _said: Queued | None = None
    _is_due: bool = False

    def waits(self, side: Side | None, position: int, seconds: float | None) -> None:
        """Hear that a side has a new place; tell it, unless just that was told already."""
        self._places[side] = (position, seconds)
        if not self.is_blind:
            self._tell(_event(side, position, seconds))
        elif not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._tell_together)

    def asked(self, side: Side | None) -> None:
        """Hear that a side waits no more."""
        self._places.pop(side, None)

    def _tell_together(self) -> None:
        self._is_due = False
        if self._places:
            known = [seconds for _, seconds in self._places.values() if seconds is not None]
            self._tell(_event(None, max(position for position, _ in self._places.values()), max(known, default=None)))

    def _tell(self, event: Queued) -> None:
        if event != self._said:
            self._said = event
            self.put(event)


def _event(side: Side | None, position: int, seconds: float | None) -> Queued:
    return Queued(side=side, position=position, wait_seconds=None if seconds is None else round(seconds, 1))
