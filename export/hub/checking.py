"""What a release must be before it leaves the house."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from arena.errors import ArenaError, SetupError
from export.card.finished import read_manifest
from export.release.check.alone import findings_of_rows, quick_findings
from export.release.check.made import Made, releases_in
from export.release.manifest import MANIFEST, names_in

NEVER = "full"
"""The form that is not for publication."""
_NEEDED = ("README.md", "LICENSE.md", "croissant.json")


class NotPublishable(ArenaError):
    """This release may not be published."""

    code = "not_publishable"


def publishable(folder: Path, *, rows: bool = True) -> dict[str, Any]:
    """Return the manifest of a release that may be published; `rows`: every row is looked at, too.

    Raises `NotPublishable` with the first thing that speaks against it, `SetupError` if it is no release of one form.
    """
    if not (folder / MANIFEST).is_file():
        raise SetupError(f"{folder} is no finished release of one form: it has no {MANIFEST}")
    (made,) = releases_in(folder)
    manifest = read_manifest(folder)
    problem = next(_problems(made, manifest, rows=rows), None)
    if problem is not None:
        raise NotPublishable(f"{folder}: {problem}")
    return manifest


def _problems(made: Made, manifest: dict[str, Any], *, rows: bool) -> Iterator[str]:
    """Yield what speaks against it, what costs least to see first."""
    if made.form.name == NEVER:
        yield f"the form {NEVER} is not for publication"
    if failed := failed_gates(manifest):
        yield f"it failed a gate: {', '.join(failed)}"
    names = names_in(made.folder)
    yield from (f"{name} is missing" for name in _NEEDED if name not in names)
    yield from (f"{name} is a link" for name in sorted(names) if (made.folder / name).is_symlink())
    yield from quick_findings(made)
    if rows:
        yield from _row_problems(made)


def _row_problems(made: Made) -> Iterator[str]:
    try:
        yield from findings_of_rows(made)
    except (pa.ArrowException, OSError) as error:
        yield f"its data cannot be read: {type(error).__name__}"


def failed_gates(manifest: dict[str, Any]) -> list[str]:
    """Return the gates that a release did not pass, by name."""
    quality, canaries = manifest.get("quality") or {}, manifest.get("canaries") or {}
    failed = [str(each) for each in quality.get("failed") or ()]
    return failed + (["canaries"] if canaries.get("leaked") else [])
