"""What keeps the live board, put together from the configuration; and how a change of that is taken up."""

import logging
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from arena.errors import SetupError
from arena.settings import ArenaFile
from export.ratings.board import Listing, listing
from export.ratings.board_making import BoardMaker
from export.ratings.categories import LABELLED, checked
from export.ratings.figure_keeping import DRAFTS, FigureDrafts, FigureKeeper
from export.ratings.labels.following import FollowedLabels, following
from export.ratings.labels.store import FILE_NAME
from export.ratings.live_lock import alone
from export.ratings.live_sorting import LiveSorting
from export.ratings.publishing import Publisher
from export.ratings.sorted_votes import sorted_votes
from export.ratings.styled_votes import styled_votes
from export.ratings.vote_styles import VoteStyles
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
def live_board(settings: ArenaFile, data: Path, configured: Following) -> Generator[BoardKeeper]:
    """Lend what keeps the board; its files lie in `leaderboard/` of the data folder."""
    export, folder = settings.export, data / "leaderboard"
    with ExitStack() as opened:
        opened.enter_context(alone(folder))
        labels = opened.enter_context(following(data / FILE_NAME))
        file = opened.enter_context(sorted_votes(folder / "sorted.sqlite3"))
        styles = opened.enter_context(styled_votes(folder / "styled.sqlite3", folder / "sorted.sqlite3"))
        sorting = LiveSorting(file, labels)
        _check(export.board_categories, labels)
        yield BoardKeeper(
            BoardMaker(configured(), export.board_categories),
            publisher=Publisher(folder, export.board_review),
            delay_seconds=3600 * export.board_delay_hours,
            sorting=sorting,
            listed_now=configured,
            figures=FigureKeeper(VoteStyles(styles), FigureDrafts(folder / DRAFTS) if export.board_review else None),
        )


def _check(categories: tuple[str, ...], labels: FollowedLabels) -> None:
    """Say which categories have no board yet; a `SetupError` if there is none of such a name."""
    try:
        wanted = [checked(name) for name in categories]
    except SetupError as error:
        raise SetupError(f"export.board_categories: {error}") from error
    if labels.now is None and (waiting := ", ".join(name for name in wanted if name in LABELLED)):
        _LOG.warning("no board yet for %s: `arena ratings label` asks a model for labels", waiting)
