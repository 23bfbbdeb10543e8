"""Processes that tests leave behind: they may end by themselves at any moment."""

from collections.abc import Iterable
from contextlib import suppress

import psutil


def family_of(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that descend from it; nothing if it has ended."""
    with suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def kill_all(processes: Iterable[psutil.Process]) -> None:
    """Kill those that are still there."""
    for each in processes:
        with suppress(psutil.NoSuchProcess):
            each.kill()
