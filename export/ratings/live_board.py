"""What keeps the live board, put together from the configuration; and how a change of that is taken up."""

import logging
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from arena.errors import SetupError
from arena.settings import ArenaFile
from export.ratings.board import Listing, listing
from export.ratings.board_making import BoardMaker
from export.ratings.categories import LABELLED, Sorter
from export.ratings.labels.store import FILE_NAME, open_labels
from export.ratings.live_sorting import LiveSorting
from export.ratings.publishing import Publisher
from export.ratings.sorted_votes import sorted_votes
from export.ratings.watch import BoardKeeper

_LOG = logging.getLogger(__name__)


class Following:
    """Knows which models may be shown: when the configuration's file changes, it is read again."""

    def __init__(self, read: Callable[[], ArenaFile], file: Path, settings: ArenaFile) -> None:
        self._read = read
        self._file = file
        self._seen = self._stamp()
        self._listed = listing(settings.models)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def __call__(self) -> Listing:
        """Return which models are shown and which never are. A file with a mistake changes nothing."""
        if (stamp := self._stamp()) != self._seen:
            self._seen = stamp
            try:
                self._listed = listing(self._read().models)
            except SetupError:
                _LOG.warning("the configuration has a mistake; the leaderboard keeps to what it was")
        return self._listed


@contextmanager
def live_board(settings: ArenaFile, data: Path, following: Following) -> Generator[BoardKeeper]:
    """Lend what keeps the board; its files lie in `leaderboard/` of the data folder."""
    export, folder = settings.export, data / "leaderboard"
    with ExitStack() as opened:
        needed = not LABELLED.isdisjoint(export.board_categories)
        found = opened.enter_context(open_labels(data / FILE_NAME, needed=needed))
        try:
            sorter = Sorter(export.board_categories, found)
        except SetupError as error:
            raise SetupError(f"export.board_categories: {error}") from error
        file = opened.enter_context(sorted_votes(folder / "sorted.sqlite3"))
        yield BoardKeeper(
            BoardMaker(following(), export.board_categories),
            publisher=Publisher(folder, export.board_review),
            delay_seconds=3600 * export.board_delay_hours,
            sorting=LiveSorting(file, sorter),
            listed_now=following,
        )
