"""A visitor's own board as HTML."""

from html import escape

from arena.leaderboard import OwnBoard, OwnRow
from web_ui import board_texts


def own_board(own: OwnBoard | None) -> str:
    """Return what a visitor's own votes say, or how many are missing; nothing without a session."""
    if own is None:
        return ""
    if own.votes < own.needed:
        left = own.needed - own.votes
        said = board_texts.OWN_FEW.format(needed=own.needed, votes=own.votes, left=left)
        return _part(f"<p>{escape(said)}</p>")
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in board_texts.OWN_COLUMNS)
    rows = "".join(map(_row, own.rows))
    return _part(
        f"<p>{escape(board_texts.OWN_SAID.format(votes=own.votes))}</p>"
        f'<div class="board-scroll" tabindex="0" role="region" aria-label="{escape(board_texts.OWN)}">'
        f'<table class="board own"><caption>{escape(board_texts.OWN_CAPTION)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _part(inside: str) -> str:
    return f'<section class="own-board"><h2>{escape(board_texts.OWN)}</h2>{inside}</section>'


def _row(row: OwnRow) -> str:
    counts = "".join(f'<td class="number">{count:,}</td>' for count in (row.wins, row.losses, row.ties))
    return (
        f'<tr><th scope="row"><bdi>{escape(row.model)}</bdi></th>{counts}<td class="number">{row.share:.0%}</td>'
        f'<td class="number">{row.share_low:.0%} to {row.share_high:.0%}</td></tr>'
    )
