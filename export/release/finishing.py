"""The last stage: what stands beside the rows, then the manifest, and the release is whole."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from export.card.finish import finish as write_beside
from export.release.choosing import Chosen
from export.release.config import ReleaseSettings
from export.release.manifest import write_manifest
from export.release.summary import Summary

LIBRARIES = (
    "chat-arena",
    "pyarrow",
    "duckdb",
    "pycld2",
    "py3langid",
    "google-re2",
    "phonenumbers",
    "python-stdnum",
    "numpy",
    "rensa",
)
"""What the bytes of a release depend on."""


@dataclass(frozen=True, slots=True)
class Finish:
    """What is known when the data files of a form are written."""

    form: str
    settings: ReleaseSettings
    date: str
    recipe: Sequence[str]
    chosen: Chosen
    data_files: Mapping[str, int]
    arrow_bytes: int
    canaries: Mapping[str, int]
    quality: Mapping[str, Any]

    def summary(self, folder: Path) -> Summary:
        """Return all of it in numbers."""
        settings = self.settings
        public = settings.steering
        return Summary(
            form=self.form,
            date=self.date,
            settings={name: public[name] for name in _PUBLIC},
            recipe=list(self.recipe),
            versions=versions(),
            **self.chosen.counts,
            canaries=self.canaries,
            quality=self.quality,
            data_files=self.data_files,
            side_files={f"side/{name}": rows for name, rows in sorted(self.chosen.side_files.items())},
            data_bytes=sum((folder / name).stat().st_size for name in self.data_files),
            arrow_bytes=self.arrow_bytes,
            title=settings.title,
            licence=settings.licence,
            contact=settings.contact,
        )


_PUBLIC = (
    "from",
    "to",
    "names",
    "pii",
    "policy",
    "language",
    "sample",
    "seed",
    "require-moderation",
    "keep-sexual-minors",
)
"""What of the settings a release tells: no paths, and nothing of the machines."""


def versions() -> dict[str, str]:
    """Return the versions of what makes releases."""
    return {name: version(name) for name in LIBRARIES}


def finish_form(finish: Finish, chosen_folder: Path, folder: Path) -> Summary:
    """Write everything beside the data files into a form's folder, the manifest last, and the report beside it."""
    (folder / "side").mkdir(exist_ok=True)
    for name in finish.chosen.side_files:
        shutil.copyfile(chosen_folder / f"{finish.form}.{name}", folder / "side" / name)
    summary = finish.summary(folder)
    write_beside(folder, summary, finish.settings.tokenizer)
    write_manifest(folder, summary, {**summary.data_files, **summary.side_files}, finish.chosen.withdrawn)
    return summary
