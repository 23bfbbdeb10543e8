"""Files and folders that are there whole or not at all, also after a crash."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Lend a place to write to; when the block ends without an error, what was written there becomes `path`."""
    with _beside(path) as folder:
        yield folder / path.name
        sync(folder / path.name)
        (folder / path.name).replace(path)
    sync(path.parent)


@contextmanager
def whole_folder(path: Path) -> Generator[Path]:
    """Lend a folder to write to, which becomes `path`. If that is there by then, another process made the same."""
    with _beside(path) as folder:
        made = folder / path.name
        made.mkdir()
        yield made
        for each in (*made.iterdir(), made):
            sync(each)
        if not path.exists():
            made.rename(path)
    sync(path.parent)


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with whole_file(path) as place:
        place.write_text(text, encoding="utf-8")


def sync(path: Path) -> None:
    """Wait until the disk has a file or a folder's list."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _beside(path: Path) -> Generator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".half-", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what processes that were killed left half made."""
    for each in folder.rglob(".half-*"):
        shutil.rmtree(each, ignore_errors=True)
