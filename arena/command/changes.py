"""What has to happen to the workers of `arena up` when `arena.toml` has changed. Rules without I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from arena.model import ModelEntry, WorkerKind

Served = tuple[ModelEntry, ...]
"""What one worker serves."""

READ_BY_THE_CONTROLLER_ALONE = frozenset(
    {
        "organisation",
        "licence",
        "link",
        "price_in",
        "price_out",
        "concurrency",
        "tokens_per_minute",
        "dollars_per_day",
        "battle_weight",
        "release",
        "secret",
    }
)
"""A change of these leaves a worker alone; one of any other field, also of those to come, replaces it."""


def accounts(models: Iterable[ModelEntry]) -> dict[str, Served]:
    """Return by account what its worker serves, without what only the controller reads."""
    found: dict[str, Served] = {}
    for model in models:
        served = ModelEntry(**model.model_dump(exclude=set(READ_BY_THE_CONTROLLER_ALONE)))
        found[model.account] = (*found.get(model.account, ()), served)
    return dict(sorted(found.items()))


def runs_only_once(served: Served) -> bool:
    """Whether a second worker for the same would not fit beside the first: it has the GPU to itself."""
    return any(entry.worker is WorkerKind.VLLM for entry in served)


@dataclass(frozen=True)
class Steps:
    """Accounts, by what happens to their workers. Those in none of these lists are left alone."""

    start: tuple[str, ...] = ()
    drain: tuple[str, ...] = ()
    """The worker ends when its streams have."""
    replace: tuple[str, ...] = ()
    """Another one takes its place."""


def steps(running: Mapping[str, Served], wanted: Mapping[str, Served]) -> Steps:
    """Return the steps from what runs to what is wanted."""
    return Steps(
        start=tuple(label for label in wanted if label not in running),
        drain=tuple(label for label in running if label not in wanted),
        replace=tuple(label for label in wanted if label in running and running[label] != wanted[label]),
    )
