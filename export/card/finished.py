"""A finished release, as its manifest tells of it."""

import json
from pathlib import Path
from typing import Any

from arena.errors import ArenaError, SetupError
from export.release.manifest import MANIFEST, files_in, sha256_of
from export.release.whole import write_whole

WRITTEN = ("README.md", "LICENSE.md", "croissant.json", "stats")
"""All in a release that is made of its data, and may be made anew."""


class ReleaseChanged(ArenaError):
    """The release is not what its manifest says."""

    code = "release_changed"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return a release's manifest. Raises `SetupError` if there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SetupError(f"{folder} is no finished release: it has no {MANIFEST}") from error
    except (OSError, ValueError) as error:
        raise SetupError(f"{folder / MANIFEST} cannot be read") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
        raise SetupError(f"{folder / MANIFEST} is no manifest of a release")
    return manifest


def check_data(folder: Path, manifest: dict[str, Any]) -> None:
    """Raise `ReleaseChanged` if data is not what the manifest says: a card of something else would be a lie."""
    for entry in manifest["files"]:
        name = entry["name"]
        if name.partition("/")[0] in WRITTEN:
            continue
        path = folder / name
        if not path.is_file() or sha256_of(path) != entry["sha256"]:
            raise ReleaseChanged(f"{path} is not the file that the manifest lists")


def list_anew(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest with the files as they are now; all else stays as it was."""
    rows = {each["name"]: each["rows"] for each in manifest["files"] if each.get("rows") is not None}
    text = json.dumps(manifest | {"files": files_in(folder, rows)}, indent=2, ensure_ascii=False)
    write_whole(folder / MANIFEST, text + "\n")
