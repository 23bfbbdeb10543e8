"""Whether what a release says of itself in numbers is what its rows count: manifest, card, tables, side files."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from arena.errors import SetupError
from export.card.facts import SUMMARY_FILE, Facts, load
from export.card.markdown import code
from export.card.text import figures
from export.moderation.verdict import CATEGORIES
from export.release.check.made import Made, batches
from export.release.manifest import MANIFEST
from export.stats.figures import Stats, Unsafe, count
from export.stats.tables import tables
from export.stats.tokens import Tokens

_CELLS = re.compile(r"(?m)^\| (.*?) \| (.*?) \|$")
_LEFT_OUT = re.compile(r"(?m)^\| (`[a-z_0-9]+`) \| .* \| ([\d,]+) \|$")
_SIZES = re.compile(r"(?m)^\s*(?:- )?(num_bytes|download_size|dataset_size): *(\d+)\s*$")


def figure_findings(made: Made) -> Iterator[str]:
    """Yield which numbers are not those of the rows. What cannot be read is passed over: that was said of the files."""
    try:
        stats = count(made.data_files)
    except (duckdb.Error, pa.ArrowException, OSError, IndexError):
        return
    yield from _moderation(made, stats)
    yield from _tables(made.folder / "stats", stats)
    yield from _card(made, stats)
    yield from _redactions(made, stats)
    yield from _dropped(made)
    yield from _croissant(made)


def _moderation(made: Made, stats: Stats) -> Iterator[str]:
    """Compare what moderation said. A battle's leaves are null as a whole, so that of battles less can be counted."""
    if stats.unsafe is None:
        return
    told, counted = _told(made.manifest.moderation), _counted(stats.unsafe)
    is_by_message = "conversation" in made.form.schema.names
    for name in told if is_by_message else ("flagged", *stats.unsafe.categories):
        if told[name] < counted[name] or (is_by_message and told[name] != counted[name]):
            yield f"{MANIFEST}: moderation: {name} is {told[name]}, the rows have {counted[name]}"


def _counted(unsafe: Unsafe) -> dict[str, int]:
    of_messages = {"messages": unsafe.messages, "moderated": unsafe.moderated}
    return {"flagged": unsafe.flagged, **of_messages, **unsafe.categories}


def _told(moderation: Mapping[str, Any]) -> dict[str, int]:
    unsafe = moderation.get("unsafe")
    told = {**moderation, **(unsafe if isinstance(unsafe, Mapping) else {})}
    names = ("flagged", "messages", "moderated", *CATEGORIES)
    return {name: value if isinstance(value := told.get(name, 0), int) else -1 for name in names}


def _tables(folder: Path, stats: Stats) -> Iterator[str]:
    if not folder.is_dir():
        return
    counted = tables(stats)
    for path in sorted(folder.glob("*.csv")):
        name = f"stats/{path.name}"
        if path.name not in counted:
            yield f"{name}: there is nothing in the rows to count for it"
        elif path.read_text(encoding="utf-8", errors="replace") != counted[path.name]:
            yield f"{name}: is not what the rows count"


def _card(made: Made, stats: Stats) -> Iterator[str]:
    """Compare the card with the rows, and what it is written from with the manifest."""
    card = made.folder / "README.md"
    text = card.read_text(encoding="utf-8", errors="replace") if card.is_file() else ""
    sizes = {
        "num_bytes": stats.memory_bytes,
        "dataset_size": stats.memory_bytes,
        "download_size": stats.download_bytes,
    }
    for name, number in _SIZES.findall(text):
        if int(number) != sizes[name]:
            yield f"README.md: {name} is {number}, the data has {sizes[name]}"
    if (made.folder / SUMMARY_FILE).is_file():
        yield from _left_out(made, text)
        yield from _summary(made, stats, text)


def _left_out(made: Made, text: str) -> Iterator[str]:
    told = {name: int(number.replace(",", "")) for name, number in _LEFT_OUT.findall(text)}
    for reason, number in made.manifest.counts.dropped.items():
        if told.get(code(reason)) != number:
            yield f"README.md: {reason} is {told.get(code(reason), 0)}, the manifest says {number}"


def _summary(made: Made, stats: Stats, text: str) -> Iterator[str]:
    try:
        said = json.loads((made.folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        summary = load(made.folder)
        tokens = Tokens(**said["tokens"])
        expected = figures(Facts(replace(summary, form=made.form.name), made.form.schema, [], stats, tokens))
    except (SetupError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield f"{SUMMARY_FILE}: is not whole: {type(error).__name__}"
        return
    for name, value in _of_manifest(made).items():
        if said.get(name) != value:
            yield f"{SUMMARY_FILE}: {name} is not what the manifest says"
    cells: dict[str, str] = dict(_CELLS.findall(text))
    for key, value in expected:
        if cells.get(key, value) != value:
            yield f"README.md: {key} is {cells[key]}, and should be {value}"


def _of_manifest(made: Made) -> dict[str, Any]:
    manifest = made.manifest
    return {
        "form": manifest.format,
        "date": manifest.date,
        "read": manifest.counts.read,
        "released": manifest.counts.released,
        "dropped": dict(manifest.counts.dropped),
        "redacted": manifest.redaction.rows,
        "replaced": dict(manifest.redaction.replaced),
        "recipe": list(manifest.recipe),
        "versions": dict(manifest.versions),
        "quality": dict(manifest.quality),
        "canaries": dict(manifest.canaries),
    }


def _redactions(made: Made, stats: Stats) -> Iterator[str]:
    """Compare what was replaced: the rows' own flags, the side file, the manifest."""
    told = made.manifest.redaction
    if stats.redacted is not None and stats.redacted != told.rows:
        yield f"{MANIFEST}: redaction: {told.rows} rows are redacted, the data has {stats.redacted}"
    path = made.folder / "side" / "redactions.parquet"
    if not path.is_file():
        return
    times, ids = Counter[str](), set[str]()
    try:
        for batch in batches(path, ["id", "kind", "times"]):
            for row in batch.to_pylist():
                times[row["kind"]] += row["times"]
                ids.add(row["id"])
    except (pa.ArrowException, OSError, TypeError):
        yield "side/redactions.parquet: is no list of what was replaced"
        return
    if dict(times) != dict(told.replaced):
        yield f"side/redactions.parquet: {_sum(times)} were replaced, the manifest says {_sum(told.replaced)}"
    if len(ids) != told.rows:
        yield f"side/redactions.parquet: names {len(ids)} rows, the manifest says {told.rows}"
    if stats.redacted is not None and ids != _flagged(made):
        yield "side/redactions.parquet: names other rows than those that are redacted"


def _flagged(made: Made) -> set[str]:
    return {
        str(its_id)
        for path in made.data_files
        for batch in batches(path, [made.id_column, "redacted"])
        if batch.num_columns == 2
        for its_id, is_so in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)
        if is_so
    }


def _dropped(made: Made) -> Iterator[str]:
    path = made.folder / "side" / "dropped.parquet"
    if not path.is_file():
        return
    reasons = Counter[str]()
    try:
        for batch in batches(path, ["reason"]):
            reasons.update(map(str, batch.column(0).to_pylist()))
    except (pa.ArrowException, OSError):
        return
    if dict(reasons) != dict(made.manifest.counts.dropped):
        yield f"side/dropped.parquet: lists {_sum(reasons)}, the manifest says {_sum(made.manifest.counts.dropped)}"


def _croissant(made: Made) -> Iterator[str]:
    path = made.folder / "croissant.json"
    if not path.is_file():
        return
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["distribution"]
        told = {each["name"]: each["sha256"] for each in listed if "sha256" in each}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield "croissant.json: is no description of the data files"
        return
    if told != {each.name: each.sha256 for each in made.manifest.files if each.name.startswith("data/")}:
        yield "croissant.json: describes other data files than the manifest lists"


def _sum(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"
