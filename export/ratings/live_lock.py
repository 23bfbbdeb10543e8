"""One process keeps a data folder's board."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from arena.errors import SetupError

_NAME = "watch.lock"


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Be the only one there, else a `SetupError`. The lock ends with its process, however that ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _NAME, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = os.read(lock, 32).decode(errors="replace").strip()
            raise SetupError(
                f"another `arena ratings watch` (process {who or 'unknown'}) keeps the board in {folder}: "
                "`arena up` starts one"
            ) from error
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(lock)
