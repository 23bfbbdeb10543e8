"""Chooses the engine."""

import importlib
import os
from contextlib import AbstractContextManager
from types import ModuleType

from arena.errors import SetupError
from export.release.config import ReleaseSettings
from export.release.engines.local import local_engine
from export.release.engines.protocol import Engine


def check_engine(settings: ReleaseSettings) -> None:
    """See that the engine is there, and that its scheduler answers, if one is named. Raises `SetupError` if not."""
    if settings.scheduler:
        with open_engine(settings):
            return
    if settings.engine != "local":
        _module(settings.engine)


def open_engine(settings: ReleaseSettings) -> AbstractContextManager[Engine]:
    """Open the engine that is asked for; without a number there is a process for each core."""
    processes = settings.processes or len(os.sched_getaffinity(0))
    if settings.engine == "local":
        if settings.scheduler:
            raise SetupError("--scheduler: the local engine has none; say --engine dask or --engine ray")
        return local_engine(processes)
    return getattr(_module(settings.engine), f"{settings.engine}_engine")(settings.scheduler, processes)


def _module(engine: str) -> ModuleType:
    try:
        return importlib.import_module(f"export.release.engines.{engine}_engine")
    except ModuleNotFoundError as error:
        raise SetupError(f"--engine {engine} needs more packages: pip install 'chat-arena[{engine}]'") from error
