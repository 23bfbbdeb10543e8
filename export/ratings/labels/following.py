"""The labels of a file while they are being made: looked at again when the file changed."""

import logging
import sqlite3
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from arena.errors import SetupError
from export.moderation.store import reading
from export.ratings.labels.store import StoredLabels, labels_in

_LOG = logging.getLogger(__name__)

LOOK_SECONDS = 20.0
"""No more often than this; less often where it takes long."""
_REST = 100


@dataclass
class FollowedLabels:
    """What the file holds, and what came since it was last looked at."""

    path: Path
    clock: Callable[[], float] = time.monotonic
    now: StoredLabels | None = None
    """None where there are none yet."""
    _opened: ExitStack = field(default_factory=ExitStack)
    _connection: sqlite3.Connection | None = None
    _seen: tuple[int, int] | None = None
    """Which file was opened, and SQLite's number of what others changed in it."""
    _next: float = float("-inf")
    _trouble: str = ""

    def look(self) -> Sequence[bytes]:
        """Look again, if it is time. Return the digests of what was labelled since; of all, if others' labels."""
        if (began := self.clock()) < self._next:
            return ()
        self._next = began + LOOK_SECONDS
        try:
            newer = self._newer()
        except (SetupError, sqlite3.Error) as error:
            self.close()
            if self._trouble != (message := str(error)):  # it may be a file that is just being made
                _LOG.warning("the labels cannot be read now: %s", message)
            self._trouble = message
            return ()
        self._next = began + max(LOOK_SECONDS, _REST * (self.clock() - began))
        return newer

    def _newer(self) -> Sequence[bytes]:
        if not self._has_changed() or self._connection is None:
            return ()
        before, self.now = self.now, labels_in(self._connection)
        if self.now is None:
            return ()
        is_more = before is not None and before.number == self.now.number and before.connection is self._connection
        return self.now.newer_than(before.generation if before is not None and is_more else 0)

    def _has_changed(self) -> bool:
        """Open the file if it is there, or was replaced. Say whether it holds something else than last time."""
        if not self.path.is_file():
            return False
        file = self.path.stat().st_ino
        if self._connection is None or self._seen is None or self._seen[0] != file:
            self.close()
            self._connection = self._opened.enter_context(reading(self.path))
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        is_new, self._seen = self._seen != (file, version), (file, version)
        return is_new

    def close(self) -> None:
        """Close the file. What it held is still known."""
        self._connection = self._seen = None
        self._opened.close()


@contextmanager
def following(path: Path) -> Generator[FollowedLabels]:
    """Lend the labels of a file, which may still be missing."""
    followed = FollowedLabels(path)
    try:
        yield followed
    finally:
        followed.close()
