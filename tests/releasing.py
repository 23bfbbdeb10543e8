"""Makes releases for tests."""

import json
from pathlib import Path
from typing import Any

from arena.model import ModelEntry, WorkerKind
from export.release.config import ReleaseSettings
from export.release.making import Order, make_release
from export.release.progress import Quiet, Watcher
from export.release.recipe import Ingredients
from tests.launches import ECHO

KEY = b"a release key"
CODE = {"export": "whatever stands there while the tests run"}
WITHHELD = ModelEntry(name="withheld", worker=WorkerKind.DEMO, release=False)
HIDDEN = ModelEntry(name="hidden", worker=WorkerKind.DEMO, secret=True)
MODELS = (ECHO, WITHHELD, HIDDEN)


def an_order(url: str, out: Path, *, key: bytes = KEY, cohorts: tuple[str, ...] = (), **given: Any) -> Order:
    """An order in this process, without names: it takes no time to begin."""
    resume, measured = bool(given.pop("resume", False)), bool(given.pop("measured", False))
    code = given.pop("code", CODE)
    default = {"names": "none", "processes": 1, "canaries": 0}
    settings = ReleaseSettings.model_validate(default | {name.replace("_", "-"): each for name, each in given.items()})
    ingredients = Ingredients.of(settings, MODELS)
    return Order(settings, ingredients, url, frozenset(cohorts), key, out, code, resume, measured)


def release(url: str, out: Path, watcher: Watcher | None = None, **given: Any) -> dict[str, Any]:
    """Make a release of one form; return its manifest."""
    make_release(an_order(url, out, **given), watcher or Quiet())
    return manifest_of(out)


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read a manifest."""
    return json.loads((folder / "manifest.json").read_text())


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Read all files of a release, by their names."""
    return {
        each.relative_to(folder).as_posix(): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()
    }
