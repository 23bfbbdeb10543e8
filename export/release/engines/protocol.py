"""What an engine is."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")


class Engine(Protocol):
    """Does pieces of work that do not depend on each other."""

    def run(self, work: Callable[[int], T], pieces: Iterable[int]) -> Iterator[T]:
        """Yield what the work returns for each piece, as it is done. The first error ends it.

        The work is a picklable function, and does no harm if it is done twice.
        """
        ...
