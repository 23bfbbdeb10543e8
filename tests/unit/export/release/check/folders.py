"""Builders of releases on disk."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.release.all_forms import FORMS
from export.release.check.made import Made, releases_in
from export.release.forms import Released
from export.release.manifest import write_manifest
from export.release.notes import shuffle_key
from export.release.steps import Bundle
from export.release.summary import Summary
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle
from tests.unit.export.release.rows import a_row

DATA = "data/train-00000-of-00001.parquet"
SEED = 42
Change = Callable[[dict[str, Any]], None]


def some_bundles(number: int = 3) -> list[Bundle]:
    """Direct conversations, and one battle."""
    return [Bundle((a_row(f"c{at}"),)) for at in range(number)] + [a_battle_bundle()]


def a_release(
    folder: Path,
    form: str = "chat-1m",
    bundles: Iterable[Bundle] | None = None,
    change: Change = lambda _row: None,
    **said: Any,
) -> Made:
    """Write a release of one form, each row changed as one likes."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    results = [
        each
        for bundle in (some_bundles() if bundles is None else bundles)
        for each in FORMS[form].rows(bundle, RELEASE)
        if isinstance(each, Released)
    ]
    results.sort(key=lambda each: shuffle_key(SEED, each.released_id))
    rows = [deepcopy(each.columns) for each in results]  # what no verdict says is one object for all of them
    for row in rows:
        change(row)
    pq.write_table(pa.Table.from_pylist(rows, schema=FORMS[form].schema), folder / DATA)
    default: dict[str, Any] = {
        "form": form,
        "date": RELEASE.release,
        "settings": {"pii": "drop", "policy": {}, "seed": SEED},
        "recipe": ["keep what may be released", "shuffle"],
        "versions": {"chat-arena": "0.1.0"},
        "read": len(rows),
        "released": len(rows),
    }
    withdrawn = said.pop("withdrawn", ())
    write_manifest(folder, Summary(**default | said), {DATA: len(rows)}, withdrawn)
    (made,) = releases_in(folder)
    return made
