"""A release that was made, as it is found on disk."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from arena.errors import SetupError
from export.personal_data.redact import Action, Policy
from export.personal_data.steps import policy_of
from export.release.all_forms import FORMS
from export.release.forms import Form
from export.release.manifest import MANIFEST

BATCH_ROWS = 500


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Counts(_Read):
    """What became of what was read."""

    read: int
    released: int
    dropped: Mapping[str, int]


class ListedFile(_Read):
    """A file as the manifest has it."""

    name: str
    sha256: str
    rows: int | None = None
    bytes: int | None = None


class _Redacting(_Read):
    """What of the settings has to make sense to look for what is left."""

    pii: Action = "drop"
    policy: Mapping[str, Action] = {}


class Inputs(_Read):
    """Which time of the ledger a release is of, as far as that was asked for."""

    start: datetime | None = Field(default=None, alias="from")
    end: datetime | None = Field(default=None, alias="to")


class Redaction(_Read):
    """How much was replaced."""

    rows: int = 0
    replaced: Mapping[str, int] = {}


class Manifest(_Read):
    """What a release says of itself, as far as others ask."""

    format: str
    date: str = ""
    inputs: Inputs = Inputs()
    settings: Mapping[str, Any] = {}
    seeds: Mapping[str, Any] = {}
    recipe: Sequence[str] = ()
    counts: Counts
    files: Sequence[ListedFile]
    versions: Mapping[str, str] = {}
    moderation: Mapping[str, Any] = {}
    redaction: Redaction = Redaction()
    quality: Mapping[str, Any] = {}
    canaries: Mapping[str, int] = {}
    withdrawn: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """One form's folder."""

    folder: Path
    manifest: Manifest
    form: Form

    @property
    def data_files(self) -> list[Path]:
        """The files with the rows, in order."""
        return sorted((self.folder / "data").glob("*.parquet"))

    @property
    def id_column(self) -> str:
        """The column that tells rows apart."""
        return self.form.schema.names[0]

    @property
    def seed(self) -> int | None:
        """By which the rows were put in order."""
        seed = self.manifest.seeds.get("shuffle")
        return seed if isinstance(seed, int) else None

    @property
    def policy(self) -> Policy:
        """What was done with each kind of personal data."""
        settings = _Redacting.model_validate(self.manifest.settings)
        return policy_of(settings.pii, settings.policy)


def releases_in(path: Path) -> list[Made]:
    """Return the release in a folder, or those of several forms below it. What is none is a `SetupError`."""
    if (path / MANIFEST).is_file():
        return [_made(path)]
    if not path.is_dir():
        raise SetupError(f"there is no folder {path}")
    found = sorted(manifest.parent for manifest in path.glob(f"*/{MANIFEST}"))
    if not found:
        raise SetupError(f"{path}: no release is here: there is no {MANIFEST}")
    return [_made(each) for each in found]


def _made(folder: Path) -> Made:
    file = folder / MANIFEST
    try:
        manifest = Manifest.model_validate(json.loads(file.read_text(encoding="utf-8")))
        _Redacting.model_validate(manifest.settings)
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SetupError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise SetupError(f"{file}: this is no manifest: {error}") from error
    if manifest.format not in FORMS:
        raise SetupError(f"{file}: format: {manifest.format!r} is not one of {', '.join(FORMS)}")
    return Made(folder, manifest, FORMS[manifest.format])


def batches(file: Path, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Read a data file a little at a time. Raises `pa.ArrowException` or `OSError` where it is broken."""
    with pq.ParquetFile(file, pre_buffer=False) as source:
        yield from source.iter_batches(BATCH_ROWS, columns=columns, use_threads=False)
