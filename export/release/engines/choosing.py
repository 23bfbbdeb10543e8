"""Chooses the engine."""

import importlib
import os
from contextlib import AbstractContextManager

from arena.errors import SetupError
from export.release.config import ReleaseSettings
from export.release.engines.local import local_engine
from export.release.engines.protocol import Engine


def open_engine(settings: ReleaseSettings) -> AbstractContextManager[Engine]:
    """Open the engine that is asked for; without a number there is a process for each core."""
    processes = settings.processes or len(os.sched_getaffinity(0))
    if settings.engine == "local":
        if settings.scheduler:
            raise SetupError("--scheduler: the local engine has none; say --engine dask or --engine ray")
        return local_engine(processes)
    try:
        module = importlib.import_module(f"export.release.engines.{settings.engine}_engine")
    except ModuleNotFoundError as error:
        raise SetupError(
            f"--engine {settings.engine} needs more packages: pip install 'chat-arena[{settings.engine}]'"
        ) from error
    return getattr(module, f"{settings.engine}_engine")(settings.scheduler, processes)
