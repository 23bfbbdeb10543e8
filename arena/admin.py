"""What the operator is told of a running arena, and what changed when its configuration was read again."""

from collections.abc import Iterable
from hashlib import sha256

from pydantic import BaseModel

from arena.model import ModelEntry
from arena.settings import Limits
from arena.word import Word


class WorkerState(Word):
    """One worker as the controller sees it. Never its key."""

    id: str
    url: str
    models: tuple[str, ...]
    slots: int
    leased: int
    """Streams that this controller runs there."""
    busy: int
    """Streams running there, as it says itself."""
    waiting: int
    """Requests queued inside its engine, as it says itself."""
    breaker: str = "closed"
    left_alone: tuple[str, ...] = ()
    """Those of its models whose own breaker is not closed."""
    is_draining: bool = False
    """It keeps its streams and gets nothing new."""
    heard_seconds: float
    """So long ago it last gave a sign of life."""


class WorkerStates(Word):
    """All workers of a controller."""

    workers: tuple[WorkerState, ...]


class ModelState(Word):
    """One listed model, and how many workers serve it now."""

    entry: ModelEntry
    workers: int


class ModelStates(Word):
    """The configuration in force."""

    revision: str
    models: tuple[ModelState, ...]


class Reloaded(Word):
    """What reading `arena.toml` again has changed."""

    revision: str
    added: tuple[str, ...] = ()
    """Models, by name."""
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    """Limits, by key."""
    needs_restart: tuple[str, ...] = ()
    """What was changed in the file since the start, and takes effect with the next one."""

    @property
    def is_anything(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.removed or self.changed or self.limits)

    def sentence(self) -> str:
        """Say it in one line."""
        parts = [
            f"{what} {', '.join(names)}"
            for what, names in (
                ("added", self.added),
                ("removed", self.removed),
                ("changed", self.changed),
                ("limits", self.limits),
                ("only after a restart:", self.needs_restart),
            )
            if names
        ]
        return "; ".join(parts) or "nothing changed"


def revision_of(models: Iterable[ModelEntry], limits: Limits) -> str:
    """Return a digest of what can change while we run: the same configuration, in any process, has the same one."""
    digest = sha256(limits.model_dump_json().encode())
    for entry in models:
        digest.update(entry.model_dump_json().encode())
    return digest.hexdigest()[:16]


def changed_keys(old: BaseModel, new: BaseModel) -> tuple[str, ...]:
    """Return the fields in which two settings of one kind differ."""
    return tuple(name for name in type(new).model_fields if getattr(old, name) != getattr(new, name))


def compare(
    old: tuple[ModelEntry, ...], new: tuple[ModelEntry, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return which models were added, which removed, and of which an entry changed."""
    before, after = {each.name: each for each in old}, {each.name: each for each in new}
    added = tuple(name for name in after if name not in before)
    removed = tuple(name for name in before if name not in after)
    return added, removed, tuple(name for name in after if name in before and before[name] != after[name])
