"""Files that hold what visitors said: readable for their owner alone, and never half there."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from arena.errors import SetupError


@contextmanager
def new_file(path: Path) -> Generator[Path]:
    """Lend an empty file to fill. At the end it gets its name, if all went well; a file of that name is left alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            raise SetupError(f"{path} is there already")
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield draft
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        os.link(draft, path)  # unlike a rename, this refuses when a file came meanwhile
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
