"""The folder that a release is written into."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from arena.errors import SetupError


@contextmanager
def new_folder(path: Path) -> Generator[Path]:
    """Lend an empty folder, and empty it again if the work fails: nobody shall take half a release for a whole one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        occupied = any(path.iterdir())
    except OSError as error:
        raise SetupError(f"--out: cannot write {path}: {error.strerror}") from error
    if occupied:
        raise SetupError(f"--out: {path} is not empty")
    try:
        yield path
    except BaseException:
        for each in path.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        raise
