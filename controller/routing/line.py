"""Who waits for a slot, and in which order.

A class of priority is a head start in seconds: whoever has less of one is placed as if it had come so much later.
Inside a class that is first come, first served; between classes it is ageing, because a request that has waited
longer than the difference goes before every newcomer of a better class. So nobody starves, and no place has to be
calculated anew while time passes.
"""

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from controller.routing.demand import Priority

T = TypeVar("T")
LATER: dict[Priority, float] = {Priority.VISITOR: 0.0, Priority.CLIENT: 15.0, Priority.BATCH: 45.0}
"""Seconds by which a class stands behind visitors who come at the same time."""


@dataclass(slots=True, order=True)
class Place(Generic[T]):
    """A place in the line: the earlier, the smaller."""

    due: float
    number: int
    waiting: T = field(compare=False)


@dataclass(slots=True)
class Line(Generic[T]):
    """Everyone who waits, the next one first."""

    places: list[Place[T]] = field(default_factory=list[Place[T]])
    _joined: int = 0

    def __len__(self) -> int:
        return len(self.places)

    def __iter__(self) -> Iterator[Place[T]]:
        return iter(self.places)

    def join(self, waiting: T, priority: Priority, since: float) -> Place[T]:
        """Add somebody who wants something since a time (monotonic seconds); return the place."""
        self._joined += 1
        place = Place(since + LATER[priority], self._joined, waiting)
        bisect.insort(self.places, place)
        return place

    def leave(self, place: Place[T]) -> bool:
        """Take somebody out; return whether the place was still held."""
        at = bisect.bisect_left(self.places, place)
        if at == len(self.places) or self.places[at] is not place:
            return False
        del self.places[at]
        return True


def wait_seconds(position: int, slots: float, answer_seconds: float | None) -> float | None:
    """Estimate the wait at a position: so many answers have to end, of those that run side by side in the slots."""
    if answer_seconds is None or slots < 1:
        return None
    return position * answer_seconds / slots
