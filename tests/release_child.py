"""Makes a release in a process of its own, that can be killed: `python -m tests.release_child '{"url": ...}'`.

It kills itself, as `kill -9` would, after so many things were said of its progress; 0: never.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from export.release import selection, shards
from export.release.making import make_release
from export.release.progress import Quiet
from tests.releasing import an_order


class Doomed(Quiet):
    """Counts what it is told."""

    def __init__(self, kill_after: int) -> None:
        self.told = 0
        self._kill_after = kill_after

    def begin(self, stage: str, total: int, unit: str, done: int = 0) -> None:
        self._count()

    def advance(self, number: int = 1) -> None:
        self._count()

    def end(self) -> None:
        self._count()

    def _count(self) -> None:
        self.told += 1
        if self.told == self._kill_after:
            os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, out: str, kill_after: int = 0, **given: Any) -> None:
    """Make it, in small shards and files, so that there are many."""
    shards.SHARD_CONVERSATIONS = given.pop("shard_conversations", 8)
    selection.FILE_ROWS = given.pop("file_rows", 10)
    watcher = Doomed(kill_after)
    make_release(an_order(url, Path(out), **given), watcher)
    print(watcher.told)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
