"""The working folder of a release, `.work`: what is done so far, for whoever goes on after an interruption.

It holds what people said before anything was redacted, is readable for its owner alone, and goes when the release is
whole.
"""

import fcntl
import json
import os
import pickle
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from arena.errors import ArenaError, SetupError
from export.release.manifest import MANIFEST
from export.release.whole import sweep, write_whole

NAME = ".work"
_RUN = "run.json"


@dataclass(frozen=True, slots=True)
class Work:
    """Where the parts of an unfinished release are."""

    folder: Path

    @property
    def ingredients(self) -> Path:
        """What the recipe was made of when the release was begun."""
        return self.folder / "ingredients"

    @property
    def quality(self) -> Path:
        """What was measured of the redaction."""
        return self.folder / "quality.json"

    @property
    def raw(self) -> Path:
        """The raw shards."""
        return self.folder / "raw"

    @property
    def read(self) -> Path:
        """The marker that the raw shards are whole, with what was counted while reading."""
        return self.folder / "read.json"

    @property
    def mapped(self) -> Path:
        """The results of the map, a folder for each shard."""
        return self.folder / "mapped"

    @property
    def chosen(self) -> Path:
        """What the global pass found, a folder that is there whole or not at all."""
        return self.folder / "chosen"

    @property
    def spill(self) -> Path:
        """Where the global pass puts what does not fit in memory."""
        return self.folder / "spill"

    @property
    def written(self) -> Path:
        """Notes of which data files are there."""
        return self.folder / "written"

    @property
    def release(self) -> Path:
        """The release as it grows."""
        return self.folder / "release"

    @property
    def report(self) -> Path:
        """What the operator reads of the release, if it has one form: beside its folder, not in it."""
        return self.folder / "release.report.html"

    @property
    def ready(self) -> Path:
        """The marker that the release is whole and only has to be moved."""
        return self.folder / "ready"

    @property
    def is_moving(self) -> bool:
        """Some of the whole release is already where it belongs: nothing of it can be made otherwise any more."""
        return self.ready.exists() and any(each.name != NAME for each in self.folder.parent.iterdir())

    def choose_anew(self) -> None:
        """Undo all that was chosen, and what was written of it. What was chosen goes last: else it is undone again."""
        self.ready.unlink(missing_ok=True)
        for each in (self.written, self.release):
            shutil.rmtree(each, ignore_errors=True)
        undone = self.folder / ".half-chosen"
        self.chosen.rename(undone)
        shutil.rmtree(undone)

    def note(self, path: Path, content: Mapping[str, Any]) -> None:
        """Write a marker. What is read from it is in the order in which it was given: so it gets into files."""
        write_whole(path, json.dumps(content, indent=1) + "\n")


def is_begun(out: Path) -> bool:
    """Tell whether a folder holds a release that was begun, for whoever wants to go on with it."""
    return (out / NAME / _RUN).exists()


@contextmanager
def working_folder(out: Path, identity: Mapping[str, Any], *, resume: bool) -> Generator[Work]:
    """Lend the working folder of a release: a new one, or with `resume` the one that is there.

    `identity` says of which ledger the release is and by which recipe: only the same can be resumed. The folder stays
    if the block fails. Raises `SetupError` where one must not write, or cannot go on.
    """
    work = Work(out / NAME)
    _check(out, work, identity, resume)
    is_new_folder = not out.exists()
    try:
        work.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(work.folder / "lock", os.O_CREAT | os.O_WRONLY, 0o600)
    except OSError as error:
        raise SetupError(f"--out: cannot write {out}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(f"--out: another process is making a release in {out}") from error
        with _in_a_line(out):
            if not (work.folder / _RUN).exists():
                work.note(work.folder / _RUN, identity)
            sweep(work.folder)
            yield work
    finally:
        os.close(lock)
        _leave_nothing(out, work, is_new_folder)


@contextmanager
def _in_a_line(out: Path) -> Generator[None]:
    """Say in a line what an operator can do where the disk is full, or where somebody changed what was done so far."""
    try:
        yield
    except (
        FileNotFoundError,
        EOFError,
        JSONDecodeError,
        pickle.UnpicklingError,
        pa.ArrowInvalid,
        duckdb.InvalidInputException,
    ) as error:
        problem = f"parts of {out / NAME} are missing or damaged: remove {out} and begin anew"
        raise ArenaError(f"--out: {problem} ({type(error).__name__})") from error
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        problem = error.strerror if isinstance(error, OSError) else None
        said = f"the release in {out} stopped: {problem or type(error).__name__}"
        raise ArenaError(f"--out: {said}; when that is mended, go on with --resume") from error


def _check(out: Path, work: Work, identity: Mapping[str, Any], resume: bool) -> None:
    try:
        there = [each.name for each in out.iterdir()] if out.exists() else []
    except OSError as error:
        raise SetupError(f"--out: cannot write {out}: {error.strerror}") from error
    begun = _begun(work)
    if begun is None:
        if there and there != [NAME]:
            is_whole = MANIFEST in there or any(out.glob(f"*/{MANIFEST}"))
            raise SetupError(f"--out: {out} is not empty{': it holds a finished release' if is_whole else ''}")
        return
    other = _difference(begun, identity)
    if not resume:
        hint = "go on with --resume, or remove it" if other is None else f"it was begun with {other}; remove it first"
        raise SetupError(f"--out: {out} holds an unfinished release: {hint}")
    if other is not None:
        raise SetupError(f"--resume: the release in {out} was begun with {other}; remove it, or take another --out")


def _begun(work: Work) -> dict[str, Any] | None:
    try:
        return json.loads((work.folder / _RUN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SetupError(f"--out: {work.folder / _RUN} cannot be read; remove the folder and begin anew") from error


def _difference(begun: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """Say what is not the same, None if all is."""
    for part in sorted(begun.keys() | now.keys()):
        before, after = begun.get(part), now.get(part)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
            return f"other {part} ({', '.join(keys)})"
        return f"another {part}"
    return None


def _leave_nothing(out: Path, work: Work, is_new_folder: bool) -> None:
    """Remove a folder in which nothing was read yet: a gate that refuses a release leaves nothing in the way."""
    if work.folder.exists() and not work.raw.exists():
        shutil.rmtree(work.folder)
        if is_new_folder:
            out.rmdir()


def publish(work: Work, out: Path) -> None:
    """Move a whole release to where it belongs, and remove the working folder. What was moved stays moved."""
    out = out.resolve()
    if work.report.exists():
        work.report.replace(out.with_name(f"{out.name}.report.html"))
    if work.release.exists():
        # The manifest last: where it is, everything is.
        for each in sorted(work.release.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
            each.replace(out / each.name)
    # What tells that it is whole goes last: whoever is cut off here only has to go on removing.
    for each in work.folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name not in {_RUN, work.ready.name}:
            each.unlink()
    shutil.rmtree(work.folder)
