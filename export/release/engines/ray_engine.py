"""Ray tasks as the engine, for sites whose machines are under Ray already."""

import socket
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError, RayTaskError

from arena.errors import ArenaError, SetupError
from export.release.engines.protocol import Engine

T = TypeVar("T")

PATIENCE = 20
"""Seconds in which a cluster has to answer."""


class RayTasks:
    """Makes each piece a task."""

    def run(self, work: Callable[[int], T], pieces: Iterable[int]) -> Iterator[T]:
        """See `Engine.run`."""
        task: Any = ray.remote(work_on).options(max_retries=2)
        shared = ray.put(work)
        waiting = [task.remote(shared, piece) for piece in pieces]
        try:
            while waiting:
                (done,), waiting = ray.wait(waiting)
                yield ray.get(done)
        except RayTaskError:
            raise  # the work's own error, which is of its own class as well
        except RayError as error:
            raise ArenaError("Ray's cluster or a worker of it was lost: go on with --resume") from error


def work_on(work: Callable[[int], T], piece: int) -> T:
    """Do one piece."""
    return work(piece)


@contextmanager
def ray_engine(address: str | None, processes: int) -> Generator[Engine]:
    """Connect to a cluster such as `auto` or `10.0.0.1:6379`; without one, start Ray here."""
    here: dict[str, Any] = {"num_cpus": processes, "include_dashboard": False}
    try:
        _look_for(address)  # Ray itself would wait for minutes
        ray.init(address=address or "local", log_to_driver=False, configure_logging=False, **({} if address else here))
    except (OSError, ValueError) as error:
        raise SetupError(f"--scheduler {address}: no Ray cluster answers there") from error
    try:
        yield RayTasks()
    finally:
        ray.shutdown()


def _look_for(address: str | None) -> None:
    """See that somebody answers at an address with a port. Raises `OSError` or ValueError if not."""
    if address is not None and ":" in address:
        host, _, port = address.removeprefix("ray://").rpartition(":")
        socket.create_connection((host, int(port)), PATIENCE).close()
