"""The map: a pure function from one raw shard to its results, which are there whole or not at all."""

import gc
import json
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.canaries.planting import is_canary
from export.marks.benchmarks import BenchmarkIndex, benchmark_index
from export.marks.sketch import SKETCH_SCHEMA, sketch
from export.moderation.toxicity import ToxicTags, read_toxicity
from export.release.all_forms import FORMS
from export.release.forms import Form, Released, ReleaseKey, Unit
from export.release.notes import NOTES, notes
from export.release.recipe import FAILED, Failure, Ingredients, Taken, ready, walk_all
from export.release.shards import bundles, shard_file
from export.release.steps import Bundle, Dropped, Row
from export.release.whole import whole_folder

BATCH_ROWS = 256
"""Of the rows' files: what is read of them at least when some rows of theirs are written."""
TURNS = 128
"""So many are taken through each step at once: few enough that `find` remembers them when it is asked again."""
Sketched = dict[str, object]
"""A sketch's columns."""
_Noted = tuple[Released, dict[str, Any], Sketched]
DROPS = pa.schema([("form", pa.string()), ("ledger_id", pa.string()), ("reason", pa.string())])


@dataclass(frozen=True, slots=True)
class MapJob:
    """What a process needs to know to map shards: small, and the same for all of them."""

    raw: Path
    into: Path
    ingredients: Ingredients
    forms: tuple[str, ...]
    key: ReleaseKey
    seed: int
    benchmarks: tuple[Path, ...] = ()
    """With which messages are compared."""
    toxicity: Path | None = None
    """What a toxicity tagger wrote."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What is said of a shard that is mapped."""

    shard: int
    conversations: int
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Results:
    """The results of one shard, as they gather."""

    rows: dict[str, list[tuple[bytes, Released, dict[str, Any]]]]
    drops: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    counts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    sketches: dict[Unit, dict[str, Sketched]] = field(default_factory=lambda: {unit: {} for unit in Unit})
    canary_texts: list[str] = field(default_factory=list[str])
    failures: list[Failure] = field(default_factory=list[Failure])
    conversations: int = 0


def mapped_folder(into: Path, shard: int) -> Path:
    """Return where the results of a shard are: if the folder is there, they are whole."""
    return into / f"{shard:05}"


def map_shard(job: MapJob, shard: int) -> Mapped:
    """Take the bundles of a raw shard through the recipe, and write the rows of every form in order."""
    results = _Results({name: [] for name in job.forms})
    steps = _steps(job.ingredients)
    forms = [FORMS[name] for name in job.forms]
    _benchmarks(job.benchmarks)  # what cannot be read is no fault of a row
    with _uncollected():
        for some in _handfuls(bundles(shard_file(job.raw, shard))):
            for walked in walk_all(steps, some, results.failures.append):
                _one(job, forms, walked, results)
        with whole_folder(mapped_folder(job.into, shard)) as folder:
            _write(folder, forms, results)
    return Mapped(shard, results.conversations, tuple(results.failures))


@contextmanager
def _uncollected() -> Generator[None]:
    """Look for no garbage in circles: there is next to none, and looking takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@lru_cache(maxsize=1)
def _steps(ingredients: Ingredients) -> Sequence[Taken]:
    """Make the recipe once in a process: dictionaries and models take seconds."""
    return ready(ingredients)


def _handfuls(together: Iterable[Bundle]) -> Generator[list[Bundle]]:
    """Yield bundles with `TURNS` between them, or a little more: so few that no step forgets what it said of them."""
    some: list[Bundle] = []
    turns = 0
    for bundle in together:
        some.append(bundle)
        turns += sum(1 if isinstance(row, Dropped) else len(row.turns) for row in bundle.rows)
        if turns >= TURNS:
            yield some
            some, turns = [], 0
    if some:
        yield some


def _one(job: MapJob, forms: Sequence[Form], walked: Bundle, results: _Results) -> None:
    if is_canary(walked.rows[0].ledger_id):
        results.canary_texts += _texts(walked)
        return
    results.conversations += len(walked.rows)
    for form in forms:
        sketched = results.sketches[form.unit]
        for each in _rows(job, form, walked, sketched, results.failures):
            if isinstance(each, Dropped):
                results.drops.append({"form": form.name, "ledger_id": each.ledger_id, "reason": each.reason})
            else:
                released, noted, drawn = each
                results.rows[form.name].append((noted["shuffle"], released, noted))
                sketched[released.ledger_id] = drawn


def _texts(bundle: Bundle) -> Iterable[str]:
    return (text for row in bundle.rows if isinstance(row, Row) for text in (*row.texts, *row.asides))


def _rows(
    job: MapJob, form: Form, bundle: Bundle, sketched: Mapping[str, Sketched], failures: list[Failure]
) -> list[_Noted | Dropped]:
    try:
        return [
            each if isinstance(each, Dropped) else _noted(job, form, bundle, sketched, each)
            for each in form.rows(bundle, job.key)
        ]
    except Exception as error:
        rows = [row for row in bundle.rows if isinstance(row, Row)]
        failures.extend(Failure(row.ledger_id, f"write as {form.name}", type(error).__name__) for row in rows)
        which = bundle.rows if form.unit is Unit.CONVERSATION else bundle.rows[:1]
        return [row if isinstance(row, Dropped) else Dropped(row.ledger_id, FAILED) for row in which]


def _noted(job: MapJob, form: Form, bundle: Bundle, sketched: Mapping[str, Sketched], released: Released) -> _Noted:
    """Complete a row: with a tagger's tags, with what is noted of it, and with its sketch, if no form drew it yet."""
    if "toxic_chat_tag" in released.columns and job.toxicity is not None:
        battle_id = bundle.battle.id if bundle.battle else None
        tags = _tags(job.toxicity).of(released.released_id, released.ledger_id, battle_id)
        released.columns["toxic_chat_tag"] = tags
    noted = notes(released, bundle, form.unit is Unit.BATTLE, job.seed)
    drawn = sketched.get(released.ledger_id) or _sketch(released.ledger_id, bundle, form.unit, job.benchmarks)
    return released, noted, drawn


def _sketch(ledger_id: str, bundle: Bundle, unit: Unit, benchmarks: tuple[Path, ...]) -> Sketched:
    rows = [row for row in bundle.rows if isinstance(row, Row) and (unit is Unit.BATTLE or row.ledger_id == ledger_id)]
    texts = _merged([row.texts for row in rows])
    drawn = sketch(texts, _benchmarks(benchmarks), len(rows))
    return drawn.columns(ledger_id, rows[0].record.conversation.opened_at)


def _merged(sides: Sequence[Sequence[str]]) -> list[str]:
    """Return a message and all answers to it, and so on: both sides of a battle have the same messages."""
    merged: list[str] = []
    for place, text in enumerate(sides[0]):
        merged += [text] if place % 2 == 0 else [side[place] for side in sides if place < len(side)]
    return merged


@lru_cache(maxsize=1)
def _tags(file: Path) -> ToxicTags:
    return read_toxicity(file)


@lru_cache(maxsize=1)
def _benchmarks(files: tuple[Path, ...]) -> BenchmarkIndex | None:
    return benchmark_index(files) if files else None


def _write(folder: Path, forms: Sequence[Form], results: _Results) -> None:
    for form in forms:
        rows = sorted(results.rows.pop(form.name), key=itemgetter(0))
        _write_rows(folder / f"{form.name}.arrow", form.schema, rows)
        noted = pa.Table.from_pylist([each for _, _, each in rows], schema=NOTES)
        pq.write_table(noted, folder / f"{form.name}.notes", compression="zstd")
    for unit, sketches in results.sketches.items():
        table = pa.Table.from_pylist(list(sketches.values()), schema=SKETCH_SCHEMA)
        pq.write_table(table, folder / f"{unit.name.lower()}.sketches", compression="none")
    pq.write_table(pa.Table.from_pylist(results.drops, schema=DROPS), folder / "drops", compression="zstd")
    said = {
        "conversations": results.conversations,
        "failures": [asdict(each) for each in results.failures],
        "canary_texts": results.canary_texts,
    }
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


def _write_rows(path: Path, schema: pa.Schema, rows: Sequence[tuple[bytes, Released, dict[str, Any]]]) -> None:
    """Write rows as Arrow, in small batches, with the keys by which files are put together."""
    whole = schema.append(pa.field("shuffle", pa.binary(16))).append(pa.field("chars", pa.int64()))
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole, options=options) as writer:
        for first in range(0, len(rows), BATCH_ROWS):
            batch = rows[first : first + BATCH_ROWS]
            columns = [{**each.columns, "shuffle": key, "chars": each.chars} for key, each, _ in batch]
            writer.write_batch(pa.RecordBatch.from_pylist(columns, schema=whole))


def read_mapped(into: Path, shard: int) -> Mapped:
    """Return what was said of a shard that is mapped."""
    said = json.loads((mapped_folder(into, shard) / "said.json").read_text(encoding="utf-8"))
    return Mapped(shard, said["conversations"], tuple(Failure(**each) for each in said["failures"]))


def canary_texts(into: Path, shard: int) -> list[str]:
    """Return what of the planted conversations would be released."""
    return json.loads((mapped_folder(into, shard) / "said.json").read_text(encoding="utf-8"))["canary_texts"]
