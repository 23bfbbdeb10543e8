"""The global pass over all forms: what it finds is there whole or not at all."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from export.marks.mark import MarkSettings, mark
from export.marks.side_file import write_marks
from export.release.all_forms import FORMS
from export.release.config import ReleaseSettings
from export.release.forms import ReleaseKey
from export.release.mapping import mapped_folder
from export.release.selection import Plan, Selection, Slice, plan, selection, withdrawn_of
from export.release.side_files import write_side_files
from export.release.whole import whole_folder
from export.release.work import Work
from logging_store.withholding import TAKEN_BACK

_OF = "SELECT {0}, count(*) FROM (SELECT {1} AS {0} FROM released) GROUP BY ALL ORDER BY count(*) DESC, 1"
"""Counts rows by something, the most first."""
_GONE = "withdrawn.json"
"""What was withdrawn when it was chosen, with reasons."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen of one form, and what there is to say of it."""

    plan: Plan
    counts: Mapping[str, Any]
    """Fields of `Summary`."""
    side_files: Mapping[str, int]
    """Rows by name."""
    withdrawn: Sequence[str]
    """Digests of the released ids that conversations had, or would have had, which were taken back since."""


def choose(
    work: Work, settings: ReleaseSettings, key: ReleaseKey, shards: int, withdrawn: Mapping[str, str]
) -> Mapping[str, Chosen]:
    """Decide for all forms, unless that was done before and nothing of what was chosen was withdrawn since."""
    folders = [mapped_folder(work.mapped, shard) for shard in range(shards)]
    gone = withdrawn_of(settings.format, folders, withdrawn)
    if work.chosen.exists() and json.loads((work.chosen / _GONE).read_text(encoding="utf-8")) != gone:
        work.choose_anew()
    if not work.chosen.exists():
        with whole_folder(work.chosen) as into:
            (into / _GONE).write_text(json.dumps(gone), encoding="utf-8")
            for unit in sorted({FORMS[form].unit for form in settings.format}, key=lambda unit: unit.name):
                files = [folder / f"{unit.name.lower()}.sketches" for folder in folders]
                mark(files, into / f"{unit.name.lower()}.marks", _mark_settings(settings))
            for form in settings.format:
                with selection(form, folders, settings.sample, gone, work.spill) as chosen:
                    _one(chosen, form, into, key)
        shutil.rmtree(work.spill, ignore_errors=True)
    return {form: _read(work.chosen / f"{form}.json") for form in settings.format}


def _mark_settings(settings: ReleaseSettings) -> MarkSettings:
    return MarkSettings(sample_prompts=settings.sample_prompts, earlier=settings.earlier)


def _one(chosen: Selection, form: str, into: Path, key: ReleaseKey) -> None:
    unit = FORMS[form].unit
    sides = write_side_files(chosen, form, into, key)
    ids = into / f"{form}.ids"
    chosen.write("SELECT ledger_id, released_id FROM released ORDER BY number", ids)
    sides["marks.parquet"] = write_marks(into / f"{unit.name.lower()}.marks", ids, into / f"{form}.marks.parquet")
    found = Chosen(plan(chosen), _counts(chosen), sides, _withdrawn(chosen, form, key))
    (into / f"{form}.json").write_text(json.dumps(_plain(found)), encoding="utf-8")


def _withdrawn(chosen: Selection, form: str, key: ReleaseKey) -> list[str]:
    reasons = ", ".join(f"'{reason}'" for reason in sorted(TAKEN_BACK))
    gone = chosen.rows(f"SELECT ledger_id FROM drops WHERE reason IN ({reasons})")  # noqa: S608 (our own)
    return sorted(sha256(key.id(form, ledger_id).encode()).hexdigest() for (ledger_id,) in gone)


def _counts(chosen: Selection) -> dict[str, Any]:
    """Count what is released, and what is not by its reason."""
    dropped = chosen.counts("SELECT reason, count(*) FROM drops GROUP BY ALL ORDER BY 1")
    released = chosen.number("SELECT count(*) FROM released")
    of_messages = chosen.rows("SELECT sum(messages), sum(moderated) FROM released")[0]
    by_model = (
        "SELECT model, sum(moderated) FROM "
        "(SELECT unnest(moderation_models) AS model, moderated FROM released) GROUP BY ALL ORDER BY 1"
    )
    return {
        "read": released + sum(dropped.values()),
        "released": released,
        "dropped": dropped,
        "users": chosen.number("SELECT count(DISTINCT visitor) FROM released"),
        "models": chosen.counts(_OF.format("model", "unnest(models)")),
        "languages": chosen.counts(_OF.format("language", "language")),
        "days": chosen.counts(
            "SELECT CAST(day AS VARCHAR), count(*) FROM released WHERE day NOT NULL GROUP BY ALL ORDER BY 1"
        ),
        "turns": chosen.number("SELECT sum(turns) FROM released"),
        "messages": int(of_messages[0] or 0),
        "redacted": chosen.number("SELECT count(*) FROM released WHERE len(replaced) > 0"),
        "replaced": chosen.counts(
            "SELECT r.kind, sum(r.times) FROM (SELECT unnest(replaced) AS r FROM released) GROUP BY ALL ORDER BY 1"
        ),
        "flagged": chosen.number("SELECT count(*) FROM released WHERE flagged"),
        "unsafe": chosen.counts(_OF.format("category", "unnest(unsafe)")),
        "moderation": {
            "messages": int(of_messages[0] or 0),
            "moderated": int(of_messages[1] or 0),
            "models": chosen.counts(by_model),
        },
    }


def _plain(found: Chosen) -> dict[str, Any]:
    return {
        "files": [[[each.shard, each.start, each.stop] for each in file] for file in found.plan.files],
        "left_out": sorted(found.plan.left_out),
        "counts": found.counts,
        "side_files": dict(found.side_files),
        "withdrawn": list(found.withdrawn),
    }


def _read(file: Path) -> Chosen:
    said = json.loads(file.read_text(encoding="utf-8"))
    files = tuple(tuple(Slice(*each) for each in slices) for slices in said["files"])
    out = frozenset((shard, row) for shard, row in said["left_out"])
    return Chosen(Plan(files, out), said["counts"], said["side_files"], said["withdrawn"])
