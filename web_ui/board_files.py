"""The leaderboard as files to download."""

import csv
import io

from arena.leaderboard import BoardRow, Leaderboard

_COLUMNS = tuple(BoardRow.model_fields)


def as_json(board: Leaderboard) -> bytes:
    """Return the board as JSON, as the controller tells it."""
    return board.model_dump_json(indent=1).encode() + b"\n"


def as_csv(board: Leaderboard) -> bytes:
    """Return the board's rows as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump() for row in board.rows)
    return text.getvalue().encode()
