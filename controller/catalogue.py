"""The models of this arena, and which of them can be reached now."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arena.errors import UnknownModel
from arena.leaderboard import BoardFigures, Leaderboard
from arena.model import ModelEntry, ModelKind, ModelList, PublicModel
from controller.pool.worker_pool import WorkerPool
from controller.routing.rules import Allowance


@dataclass
class Catalogue:
    """What the operator lists, seen together with what workers serve."""

    entries: tuple[ModelEntry, ...]
    pool: WorkerPool
    is_stopped: Callable[[ModelEntry], bool] = lambda _: False
    """Whether a model may cost nothing more today."""
    _by_name: dict[str, ModelEntry] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.replace(self.entries)

    def replace(self, entries: tuple[ModelEntry, ...]) -> None:
        """List other models from now on. What a removed one still writes goes on to its end."""
        self.entries = entries
        self._by_name = {entry.name: entry for entry in entries}
        self.pool.house.serve(tuple(self.pool.house.queued))  # more of them may be allowed at once now

    def offers(self, name: str) -> bool:
        """Whether a model is listed, secret or not."""
        return name in self._by_name

    def entry(self, name: str) -> ModelEntry | None:
        """Return what the configuration says of a model, secret or not."""
        return self._by_name.get(name)

    def allowance(self, name: str) -> Allowance:
        """Return what a model may use over all its workers."""
        entry = self._by_name.get(name)
        return Allowance(entry.concurrency, entry.tokens_per_minute) if entry else Allowance()

    def reachable(self) -> list[ModelEntry]:
        """Return the listed models that some worker serves."""
        served = self.pool.models()
        return [entry for entry in self.entries if entry.name in served]

    def listed(self) -> ModelList:
        """Return what visitors may choose from: never a secret model."""
        chatting = (entry for entry in self.reachable() if entry.kind is ModelKind.CHAT)
        return ModelList(models=tuple(entry.public() for entry in chatting if not entry.secret))

    def shown(self, board: Leaderboard) -> Leaderboard:
        """Return a board, and those of its categories, as visitors may see them: without the secret models."""
        secret = self.secret()
        categories = {name: self.shown(each) for name, each in board.categories.items()}
        rows = tuple(row for row in board.rows if row.model not in secret)
        return board.model_copy(update={"rows": rows, "categories": categories})

    def may_draw(self, figures: BoardFigures) -> bool:
        """Whether visitors may see figures: not if they name a model that became secret since they were made."""
        return self.secret().isdisjoint(figures.models)

    def secret(self) -> frozenset[str]:
        """Return the models that no list names."""
        return frozenset(entry.name for entry in self.entries if entry.secret)

    def battle_weights(self) -> dict[str, float]:
        """Return the models that can be drawn now, with their weights."""
        chatting = (entry for entry in self.reachable() if entry.kind is ModelKind.CHAT)
        drawn = [entry for entry in chatting if entry.battle_weight > 0 and not self.is_stopped(entry)]
        return {entry.name: entry.battle_weight for entry in drawn}

    def choose(self, name: str) -> ModelEntry:
        """Return a model that a visitor named. Secret ones do not exist for visitors."""
        entry = self._by_name.get(name)
        if entry is None or entry.secret:
            raise UnknownModel
        return entry

    def choose_to_chat(self, name: str) -> ModelEntry:
        """Return a model that a visitor wants to talk to: one for embeddings does not exist there."""
        entry = self.choose(name)
        if entry.kind is not ModelKind.CHAT:
            raise UnknownModel
        return entry

    def public(self) -> dict[str, PublicModel]:
        """Return every model's public face, secret ones too: for reveals."""
        return {entry.name: entry.public() for entry in self.entries}
