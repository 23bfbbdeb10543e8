"""Slots: how many answers a worker writes at once. Above them it says so; it never queues."""

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from arena.errors import ShuttingDown, WorkersBusy


class Slots:
    """Lends slots, so many per model."""

    def __init__(self, per_model: Mapping[str, int]) -> None:
        self._per_model = per_model
        self._lent: Counter[str] = Counter()
        self._is_draining = False

    @property
    def total(self) -> int:
        """Answers at once, all models together."""
        return sum(self._per_model.values())

    @property
    def busy(self) -> int:
        """Answers being written now."""
        return self._lent.total()

    @property
    def per_model(self) -> Mapping[str, int]:
        """Answers at once, of each model."""
        return self._per_model

    def busy_by_model(self) -> dict[str, int]:
        """Return how many answers of each model are being written now."""
        return {model: self._lent[model] for model in self._per_model}

    @property
    def is_draining(self) -> bool:
        """No new answer is begun."""
        return self._is_draining

    def drain(self) -> None:
        """Begin no new answer from now on; those being written go on."""
        self._is_draining = True

    @contextmanager
    def lease(self, model: str) -> Generator[None]:
        """Hold one slot of a model. Raises WorkersBusy or ShuttingDown."""
        if self._is_draining:
            raise ShuttingDown(retry_after=1.0)
        if self._lent[model] >= self._per_model[model]:
            raise WorkersBusy(retry_after=1.0)
        self._lent[model] += 1
        try:
            yield
        finally:
            self._lent[model] -= 1
