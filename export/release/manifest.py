"""The release's manifest: what went in, what came out, by which recipe, and the hash of every file."""

import json
from collections.abc import Iterable
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from export.release.figures import Figures


def manifest(
    form: str, recipe: list[str], figures: Figures, folder: Path, rows: dict[str, int], withdrawn: Iterable[str]
) -> str:
    """Write the manifest of the files in `folder`. `rows` tells for each data file how many it holds.

    `withdrawn` are the ids that forgotten conversations had, or would have had, in releases: their digests are listed,
    by which holders of older releases find what they have to delete.
    """
    content = {
        "format": form,
        "recipe": recipe,
        "counts": {
            "read": figures.read,
            "released": figures.released,
            "dropped": dict(sorted(figures.dropped.items())),
        },
        "files": [_entry(folder, path, rows) for path in sorted(folder.rglob("*")) if path.is_file()],
        "versions": {name: version(name) for name in ("chat-arena", "pyarrow")},
        "withdrawn": sorted(sha256(each.encode()).hexdigest() for each in withdrawn),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _entry(folder: Path, path: Path, rows: dict[str, int]) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    with path.open("rb") as file:
        entry: dict[str, Any] = {"path": name, "sha256": file_digest(file, "sha256").hexdigest()}
    return entry | ({"rows": rows[name]} if name in rows else {})
