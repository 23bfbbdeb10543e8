"""What a visitor is told while an answer waits in line."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arena.chat import Queued, Side


@dataclass
class QueueNews:
    """Turns the places of a turn's sides into events. In a blind battle it is one event for both, without a side.

    There the later of the two places and waits is told: which side waits could tell which model is in demand.
    """

    put: Callable[[Queued], None]
    is_blind: bool
    _places: dict[Side | None, tuple[int, float | None]] = field(
        default_factory=dict[Side | None, tuple[int, float | None]]
    )
    _said: Queued | None = None

    def waits(self, side: Side | None, position: int, seconds: float | None) -> None:
        """Hear that a side has a new place; tell it, unless just that was told already."""
        self._places[side] = (position, seconds)
        event = self._together() if self.is_blind else _event(side, position, seconds)
        if event != self._said:
            self._said = event
            self.put(event)

    def asked(self, side: Side | None) -> None:
        """Hear that a side waits no more."""
        self._places.pop(side, None)

    def _together(self) -> Queued:
        known = [seconds for _, seconds in self._places.values() if seconds is not None]
        return _event(None, max(position for position, _ in self._places.values()), max(known, default=None))


def _event(side: Side | None, position: int, seconds: float | None) -> Queued:
    return Queued(side=side, position=position, wait_seconds=None if seconds is None else round(seconds, 1))
