"""Writes boards as JSON; what did not change is not written again."""

import json

from arena.leaderboard import Leaderboard

_NONE = '"categories":{}'


class BoardTexts:
    """Remembers the texts of the last board's categories: most are the same ones the next time."""

    def __init__(self) -> None:
        self._written: dict[str, tuple[Leaderboard, str]] = {}

    def of(self, board: Leaderboard) -> str:
        """Return the board as JSON, as `model_dump_json` does."""
        self._written = {name: (each, self._text(name, each)) for name, each in board.categories.items()}
        inside = ",".join(f"{json.dumps(name)}:{text}" for name, (_, text) in self._written.items())
        own = board.model_copy(update={"categories": {}}).model_dump_json()
        return own.replace(
            _NONE, f'"categories":{{{inside}}}', 1
        )  # nothing else is written so: quotes in texts are escaped

    def _text(self, name: str, board: Leaderboard) -> str:
        known = self._written.get(name)
        return known[1] if known is not None and known[0] is board else board.model_dump_json()
