"""All that can be seen of a release from the release alone."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from export.release.check.consent import released_ids
from export.release.check.figures import figure_findings
from export.release.check.files import count_findings, file_findings, side_findings, withdrawn_findings
from export.release.check.made import Made
from export.release.check.rows import Leaks, row_findings

NEEDED = (
    *("README.md", "LICENSE.md", "croissant.json", "stats/summary.json"),
    *("side/marks.parquet", "side/redactions.parquet"),
)
"""Without these it is no release, whatever its manifest lists."""


def quick_findings(made: Made) -> Iterator[str]:
    """Yield what can be seen without looking at any row."""
    listed = {each.name for each in made.manifest.files}
    yield from (f"{name}: is missing" for name in NEEDED if name not in listed and not (made.folder / name).is_file())
    yield from file_findings(made)
    yield from count_findings(made)


def findings_of_rows(
    made: Made, leaks: Leaks = lambda _texts: (), moved: Callable[[int], None] = lambda _rows: None
) -> Iterator[str]:
    """Yield what can be seen of the rows; `moved` is told how many more were looked at."""
    yield from row_findings(made, leaks, moved)
    try:
        ids = frozenset(released_ids(made))
        yield from (*withdrawn_findings(made, ids), *side_findings(made, ids))
    except (pa.ArrowException, OSError):
        return  # that it cannot be read was said
    yield from figure_findings(made)
