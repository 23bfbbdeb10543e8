"""`arena export card`: writes the card of a finished release anew."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.errors import ArenaError, SetupError
from export.card.facts import load, with_words
from export.card.finish import WRITTEN, finish, report_path
from export.release.manifest import MANIFEST, files_in, sha256_of
from export.release.whole import write_whole


class ReleaseChanged(ArenaError):
    """The release is not what its manifest says."""

    code = "release_changed"


def card(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A finished release.")],
    tokenizer: Annotated[Path | None, typer.Option(help="A tokenizer.json to count tokens with.")] = None,
    title: Annotated[str | None, typer.Option(help="The data set's name.")] = None,
    licence: Annotated[str | None, typer.Option(help="A licence for the card instead of the form's own.")] = None,
    contact: Annotated[str | None, typer.Option(help="Whom to write to.")] = None,
) -> None:
    """Write card, licence, statistics, Croissant and report of a finished release anew; the data stays as it is."""
    manifest = read_manifest(folder)
    check_data(folder, manifest)
    summary = with_words(load(folder), title=title, licence=licence, contact=contact)
    facts = finish(folder, summary, tokenizer)
    rows = {each["name"]: each["rows"] for each in manifest["files"] if each.get("rows") is not None}
    text = json.dumps(manifest | {"files": files_in(folder, rows)}, indent=2, ensure_ascii=False)
    write_whole(folder / MANIFEST, text + "\n")
    typer.echo(f"{summary.form}: wrote the card of {facts.stats.rows:,} rows anew, and {report_path(folder)}")


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
