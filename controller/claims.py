"""What a worker must never say: that its answer is another model's, and the key that it is called with."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arena.errors import WorkerBroke, WorkerLacksModel
from arena.worker import WorkerCard

IsListed = Callable[[str], bool]
"""Whether a name is that of a model of this arena (`Catalogue.offers`)."""
SHORTEST_SECRET = 16
"""Characters. What is shorter is a word that servers without keys are called with, and may stand in any answer."""


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
    secret: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.secret = secret_of(self.card)

    def check(self, said: object) -> None:
        """Raise `WorkerLacksModel` if the worker says that this is by another model of ours."""
        if said == self._believed:
            return
        if isinstance(said, str) and said not in self._names and self.is_listed(said):
            raise WorkerLacksModel
        self._believed = said

    def hear(self, wire: bytes) -> None:
        """Raise `WorkerBroke` if the worker repeats the key."""
        if self.secret and self.secret in wire:
            raise WorkerBroke

    @property
    def _names(self) -> tuple[str, str]:
        return self.asked, self.card.upstreams.get(self.asked, self.asked)


def secret_of(card: WorkerCard) -> bytes:
    """Return the key that a worker is called with, as it would repeat it: a vendor's, where a server was attached."""
    key = card.key.get_secret_value()
    return key.encode() if len(key) >= SHORTEST_SECRET else b""
