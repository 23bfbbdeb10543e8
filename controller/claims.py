"""Whose words a worker says it passes on: an answer is never shown, or voted for, as another model's."""

from collections.abc import Callable
from dataclasses import dataclass

from arena.errors import WorkerLacksModel
from arena.worker import WorkerCard

IsListed = Callable[[str], bool]
"""Whether a name is that of a model of this arena (`Catalogue.offers`)."""


@dataclass(slots=True)
class Claim:
    """Knows under which names a worker may answer one request.

    What the engine calls the model by itself is its own affair, a dated version for example. Only when it names another
    model of ours do we know that it is wrong.
    """

    asked: str
    card: WorkerCard
    is_listed: IsListed
    _believed: object = None
    """What was said last: nearly all chunks say the same."""

    def check(self, said: object) -> None:
        """Raise `WorkerLacksModel` if the worker says that this is by another model of ours."""
        if said == self._believed:
            return
        if isinstance(said, str) and said not in self._names and self.is_listed(said):
            raise WorkerLacksModel
        self._believed = said

    @property
    def _names(self) -> tuple[str, str]:
        return self.asked, self.card.upstreams.get(self.asked, self.asked)
