"""Whether a release's files are those that its manifest lists, and its numbers add up."""

import re
from collections.abc import Iterator, Set
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from export.release.check.made import ListedFile, Made, batches
from export.release.manifest import MANIFEST, names_in, sha256_of
from logging_store.withholding import TAKEN_BACK

DROPPED, MARKS = "dropped.parquet", "marks.parquet"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DATA_FILE = re.compile(r"data/train-(\d{5})-of-(\d{5})\.parquet")
_OF_A_RELEASE = re.compile(
    rf"README\.md|LICENSE\.md|croissant\.json|{_DATA_FILE.pattern}|stats/[a-z_]+\.(?:csv|json|png|svg)"
    r"|side/(?:marks|redactions|moderation_extra|moderation_local|dropped)\.parquet"
)
_EXAMPLES = re.compile(r"(?m)^\s*(?:- )?num_examples: *(\d+)\s*$")


def file_findings(made: Made) -> Iterator[str]:
    """Yield what is wrong with the files: missing, changed, unexpected, of other columns or another number of rows."""
    listed = {each.name: each for each in made.manifest.files}
    there = names_in(made.folder) - {MANIFEST}
    yield from (f"{name}: is missing" for name in sorted(listed.keys() - there))
    yield from (f"{name}: is not in the manifest" for name in sorted(there - listed.keys()))
    for name in sorted(there & listed.keys()):
        if not _OF_A_RELEASE.fullmatch(name):
            yield f"{name}: is no file of a release"
        yield from (f"{name}: {problem}" for problem in _changes(made.folder / name, listed[name]))
    data = sorted(name for name in there if name.startswith("data/"))
    if data != [f"data/train-{at:05}-of-{len(data):05}.parquet" for at in range(len(data))]:
        yield "data: the files are not numbered through"
    for name in data:
        yield from (f"{name}: {problem}" for problem in _columns(made, made.folder / name))


def count_findings(made: Made) -> Iterator[str]:
    """Yield which numbers contradict each other."""
    counts = made.manifest.counts
    if counts.read != counts.released + sum(counts.dropped.values()):
        yield f"{MANIFEST}: counts: {counts.read} read are not {counts.released} released and those dropped"
    if wrong := sorted(reason for reason, number in counts.dropped.items() if number < 0):
        yield f"{MANIFEST}: counts: fewer than none are {wrong[0]}"
    sample = made.manifest.settings.get("sample")
    if isinstance(sample, int) and counts.released > sample:
        yield f"{MANIFEST}: counts: {counts.released} released, though only {sample} were asked for"
    if counts.dropped.get("not_sampled") and counts.released != sample:
        yield f"{MANIFEST}: counts: some are not_sampled, though {sample} were asked for and {counts.released} released"
    rows = sum(each.rows or 0 for each in made.manifest.files if _DATA_FILE.fullmatch(each.name))
    if rows != counts.released:
        yield f"{MANIFEST}: counts: {counts.released} released, but the data files list {rows} rows"
    card = made.folder / "README.md"
    said = _EXAMPLES.search(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
    if said and int(said[1]) != counts.released:
        yield f"README.md: num_examples is {said[1]}, but {counts.released} are released"
    taken_back = sum(number for reason, number in counts.dropped.items() if reason in TAKEN_BACK)
    if taken_back != len(made.manifest.withdrawn):
        yield f"{MANIFEST}: withdrawn: there are {len(made.manifest.withdrawn)}, though {taken_back} were taken back"
    if leaked := made.manifest.canaries.get("leaked"):
        yield f"{MANIFEST}: canaries: {leaked} came out"


def withdrawn_findings(made: Made, ids: Set[str]) -> Iterator[str]:
    """Yield which of the released ids the same manifest lists as withdrawn."""
    withdrawn = frozenset(made.manifest.withdrawn)
    if not all(map(_DIGEST.fullmatch, withdrawn)):
        yield f"{MANIFEST}: withdrawn: not all are digests"
    if withdrawn:
        yield from (f"{each}: is withdrawn" for each in sorted(ids) if sha256(each.encode()).hexdigest() in withdrawn)


def side_findings(made: Made, ids: Set[str]) -> Iterator[str]:
    """Yield which side files tell of what is not released; one lists what was dropped, and is let be."""
    for path in sorted((made.folder / "side").glob("*.parquet")):
        name = f"side/{path.name}"
        try:
            if path.name == DROPPED or "id" not in pq.read_schema(path).names:
                continue
            named = [each for batch in batches(path, ["id"]) for each in batch.column(0).to_pylist()]
        except (pa.ArrowException, OSError) as error:
            yield f"{name}: cannot be read: {str(error).splitlines()[0]}"
        else:
            if strangers := sum(each not in ids for each in named):
                yield f"{name}: {strangers} ids are of no row"
            if path.name == MARKS and (set(named) != ids or len(named) != len(ids)):
                yield f"{name}: has not one line a row"


def _changes(path: Path, listed: ListedFile) -> Iterator[str]:
    size = path.stat().st_size
    if listed.bytes is not None and size != listed.bytes:
        yield f"has {size} bytes, the manifest says {listed.bytes}"
    elif sha256_of(path) != listed.sha256:
        yield "is not what the manifest's digest says"
    if path.suffix == ".parquet" and listed.rows is not None:
        try:
            rows = pq.read_metadata(path).num_rows
        except (pa.ArrowException, OSError):
            yield "cannot be read"
        else:
            if rows != listed.rows:
                yield f"has {rows} rows, the manifest says {listed.rows}"


def _columns(made: Made, path: Path) -> Iterator[str]:
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        yield f"is no Parquet file: {str(error).splitlines()[0]}"
        return
    expected = made.form.schema
    if schema.names != expected.names:
        yield f"has not the columns of {made.form.name}: {', '.join(schema.names)}"
    for name in expected.names:
        if name in schema.names and schema.field(name).type != expected.field(name).type:
            yield f"column {name} is {schema.field(name).type}, not {expected.field(name).type}"
