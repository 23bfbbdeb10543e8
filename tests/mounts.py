"""File systems that are small, or that can't be written. Only root may mount: elsewhere it is NOT tested."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(megabytes: int) -> Generator[Path]:
    """A file system of its own in memory, with so much space."""
    folder = Path(tempfile.mkdtemp(prefix="arena-disk-"))
    folder.chmod(0o755)
    try:
        _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder))
        try:
            yield folder
        finally:
            _unmount(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def read_only(folder: Path) -> Generator[None]:
    """Let nobody write in a folder while inside, root neither."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        _unmount(folder)


@contextmanager
def filled(folder: Path) -> Generator[None]:
    """Take all the space that is left on a folder's file system while inside."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass  # it is full
    try:
        yield
    finally:
        filler.unlink()


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        explain = pytest.fail if os.environ.get("CI") else pytest.skip
        explain(f"nothing can be mounted here, so that this fault is NOT tested: {done.stderr.strip()}")


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)
