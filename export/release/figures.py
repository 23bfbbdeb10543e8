"""What is counted while a release is made."""

from collections import Counter
from dataclasses import dataclass, field

from export.release.steps import Dropped, Row


@dataclass(slots=True)
class Figures:
    """Counts of one release. Every conversation that was read is released or dropped for a reason."""

    read: int = 0
    released: int = 0
    turns: int = 0
    dropped: Counter[str] = field(default_factory=Counter[str])
    models: Counter[str] = field(default_factory=Counter[str])
    _visitors: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def count(self, result: Row | Dropped) -> None:
        """Count one conversation."""
        self.read += 1
        if isinstance(result, Dropped):
            self.dropped[result.reason] += 1
            return
        self.released += 1
        self.turns += len(result.turns)
        self.models[result.model] += 1
        self._visitors.add(result.visitor)

    @property
    def users(self) -> int:
        """Visitors' addresses, as far as their keyed hashes tell them apart: whoever comes in two periods is two."""
        return len(self._visitors)

    @property
    def turns_per_conversation(self) -> float:
        """The mean, 0 when nothing is released."""
        return self.turns / self.released if self.released else 0.0
