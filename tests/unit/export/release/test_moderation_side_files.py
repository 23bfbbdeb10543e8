from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from export.moderation.verdict import GuardLabels
from export.release.chat_1m import Chat1M
from export.release.forms import Released
from export.release.mapping import DROPS
from export.release.notes import NOTES, notes
from export.release.selection import selection
from export.release.side_files import write_side_files
from export.release.steps import Bundle, Row
from tests.unit.export.release.bundles import RELEASE, a_verdict
from tests.unit.export.release.rows import a_row


def _side_files(folder: Path, *rows: Row) -> dict[str, int]:
    """Write the side files of a release of these conversations."""
    mapped = folder / "00000"
    mapped.mkdir(parents=True)
    bundles = [Bundle((row,)) for row in rows]
    released = [(each, bundle) for bundle in bundles for each in Chat1M().rows(bundle, RELEASE)]
    noted = [notes(each, bundle, False, 42) for each, bundle in released if isinstance(each, Released)]
    pq.write_table(pa.Table.from_pylist(noted, schema=NOTES), mapped / "chat-1m.notes")
    pq.write_table(DROPS.empty_table(), mapped / "drops")
    with selection("chat-1m", [mapped], None, {}, folder / "spill") as chosen:
        return write_side_files(chosen, "chat-1m", folder, RELEASE)


def test_what_has_no_column_is_written_by_released_id(tmp_path: Path):
    labels = GuardLabels("llama-guard", "guard", "3", ("safe",))
    rows = a_row("c1", verdicts=(a_verdict(), None)), a_row("c2", guard_labels=(labels, labels))

    written = _side_files(tmp_path, *rows)

    extra = pq.read_table(tmp_path / "chat-1m.moderation_extra.parquet").to_pylist()
    local = pq.read_table(tmp_path / "chat-1m.moderation_local.parquet").to_pylist()
    assert written == {"redactions.parquet": 0, "moderation_extra.parquet": 1, "moderation_local.parquet": 2}
    assert [(each["id"], each["message"]) for each in extra] == [(RELEASE.id("chat-1m", "c1"), 0)]
    assert extra[0]["category_scores"] == {"illicit": 0.25, "illicit/violent": 0.25}
    assert [(each["id"], each["labels"]) for each in local] == [(RELEASE.id("chat-1m", "c2"), ["safe"])] * 2


def test_where_nothing_was_said_there_is_no_file(tmp_path: Path):
    assert _side_files(tmp_path, a_row()) == {"redactions.parquet": 0}


def test_the_same_rows_give_the_same_bytes(tmp_path: Path):
    rows = [a_row(f"c{at}", verdicts=(a_verdict(), a_verdict())) for at in range(50)]

    for folder in ("one", "other"):
        _side_files(tmp_path / folder, *rows)

    name = "chat-1m.moderation_extra.parquet"
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
