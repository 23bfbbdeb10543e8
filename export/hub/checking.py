"""What a release must be before it leaves the house."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.errors import ArenaError
from export.card.finished import read_manifest
from export.release.manifest import MANIFEST, names_in, sha256_of

NEVER = "full"
"""The form that is not for publication."""
_NEEDED = ("README.md", "LICENSE.md", "croissant.json")


class NotPublishable(ArenaError):
    """This release may not be published."""

    code = "not_publishable"


def publishable(folder: Path) -> dict[str, Any]:
    """Return the manifest of a release that may be published. Raises `NotPublishable`, `SetupError`."""
    manifest = read_manifest(folder)
    problem = next(problems(folder, manifest), None)
    if problem is not None:
        raise NotPublishable(f"{folder}: {problem}")
    return manifest


def problems(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield what speaks against it, what costs least to see first."""
    if manifest.get("format") == NEVER:
        yield f"the form {NEVER} is not for publication"
    if failed := failed_gates(manifest):
        yield f"it failed a gate: {', '.join(failed)}"
    yield from _files(folder, manifest)


def failed_gates(manifest: dict[str, Any]) -> list[str]:
    """Return the gates that a release did not pass, by name."""
    quality, canaries = manifest.get("quality") or {}, manifest.get("canaries") or {}
    failed = [str(each) for each in quality.get("failed") or ()]
    return failed + (["canaries"] if canaries.get("leaked") else [])


def _files(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    present = names_in(folder) - {MANIFEST}
    yield from (f"{name} is missing" for name in _NEEDED if name not in present)
    yield from (f"{name} is not in the manifest" for name in sorted(present - listed.keys()))
    for name, digest in listed.items():
        path = folder / name
        if name not in present or path.is_symlink():
            yield f"{name} is listed in the manifest, but is no file here"
        elif sha256_of(path) != digest:
            yield f"{name} is not the file that the manifest lists"
