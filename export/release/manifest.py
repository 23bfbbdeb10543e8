"""The release's manifest: what went in, what came out, by which recipe, and the hash of every file."""

import json
from collections.abc import Iterable, Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Any

from export.release.summary import Summary

MANIFEST = "manifest.json"
_INPUTS = ("from", "to")
_SEED = "seed"


def write_manifest(folder: Path, summary: Summary, rows: Mapping[str, int], withdrawn: Iterable[str]) -> None:
    """Write the manifest of all files in the folder: the last of them, by which a release is whole.

    `rows` tells for each file with rows how many they are. `withdrawn` are digests (SHA-256) of the ids that
    conversations had, or would have had, in releases before they were taken back (forgotten, no longer allowed or
    wanted, a minor's): by them holders of older releases find what they have to delete.
    """
    text = json.dumps(_content(folder, summary, rows, withdrawn), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _content(folder: Path, summary: Summary, rows: Mapping[str, int], withdrawn: Iterable[str]) -> dict[str, Any]:
    settings = dict(summary.settings)
    return {
        "format": summary.form,
        "date": summary.date,
        "inputs": {name: settings.pop(name, None) for name in _INPUTS},
        "seeds": {"shuffle": settings.pop(_SEED, None)},
        "settings": settings,
        "recipe": list(summary.recipe),
        "counts": {
            "read": summary.read,
            "released": summary.released,
            "dropped": dict(sorted(summary.dropped.items())),
        },
        "files": files_in(folder, rows),
        "versions": dict(summary.versions),
        "moderation": _moderation(summary),
        "redaction": {"rows": summary.redacted, "replaced": dict(summary.replaced)},
        "quality": dict(summary.quality),
        "canaries": dict(summary.canaries),
        "withdrawn": sorted(withdrawn),
    }


def _moderation(summary: Summary) -> dict[str, Any]:
    told: dict[str, Any] = {**summary.moderation, "flagged": summary.flagged, "unsafe": dict(summary.unsafe)}
    return told if told.get("moderated") else {**told, "reason": "not run"}


def files_in(folder: Path, rows: Mapping[str, int]) -> list[dict[str, Any]]:
    """Describe every file but the manifest, in order of names; what has no rows has null."""
    return [_file(folder, name, rows.get(name)) for name in sorted(names_in(folder)) if name != MANIFEST]


def names_in(folder: Path) -> set[str]:
    """Return the names of all files in a folder, from there, such as `data/train-00000-of-00001.parquet`."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _file(folder: Path, name: str, rows: int | None) -> dict[str, Any]:
    path = folder / name
    return {"name": name, "rows": rows, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
