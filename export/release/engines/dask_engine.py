"""Dask as the engine, for several machines that share the release's folder."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any, TypeVar

from distributed import Client, KilledWorker, LocalCluster, as_completed
from distributed.comm.core import CommClosedError

from arena.errors import ArenaError, SetupError
from export.release.engines.protocol import Engine

T = TypeVar("T")

PATIENCE = 20
"""Seconds in which a scheduler has to answer."""


class Dask:
    """Gives each piece to a worker of Dask's."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, work: Callable[[int], T], pieces: Iterable[int]) -> Iterator[T]:
        """See `Engine.run`."""
        futures = self._client.map(work, list(pieces), pure=False)
        try:
            for future in as_completed(futures):
                yield future.result()
                future.release()
        except (CancelledError, CommClosedError, KilledWorker) as error:
            raise ArenaError("Dask's scheduler or a worker of it was lost: go on with --resume") from error


@contextmanager
def dask_engine(scheduler: str | None, processes: int) -> Generator[Engine]:
    """Connect to a scheduler such as `tcp://10.0.0.1:8786`; without one, start workers here."""
    if scheduler is None:
        here: dict[str, Any] = {"n_workers": processes, "threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(**here, memory_limit=0) as cluster, Client(cluster) as client:
            yield Dask(client)
        return
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise SetupError(f"--scheduler {scheduler}: no Dask scheduler answers there") from error
    with client:
        yield Dask(client)
