"""The leaderboard as a table."""

from html import escape

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import PublicModel
from web_ui import texts
from web_ui.view import model_facts


def board_table(board: Leaderboard, models: tuple[PublicModel, ...]) -> str:
    """Return the standings as HTML."""
    if not board.rows:
        return f'<p class="board-empty">{escape(texts.BOARD_EMPTY)}</p>'
    known = {model.name: model for model in models}
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in texts.BOARD_COLUMNS)
    rows = "".join(_row(row, known.get(row.model)) for row in board.rows)
    return (
        f'<p class="board-votes">{escape(texts.BOARD_VOTES.format(votes=board.votes))}</p>'
        f'<div class="board-scroll" tabindex="0" role="region" aria-label="{escape(texts.LEADERBOARD)}">'
        f'<table class="board"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(row: BoardRow, model: PublicModel | None) -> str:
    is_rated = row.status == "rated" and row.rating is not None
    cells = [
        f'<td class="rank">{row.rank if is_rated and row.rank is not None else "–"}</td>',
        f'<th scope="row">{escape(row.model)}{_badge(model)}</th>',
        *(_rating(row) if is_rated else _no_rating(row)),
        *(f"<td>{count:,}</td>" for count in (row.battles, row.wins, row.losses, row.ties)),
        f'<td class="text">{escape(model.organisation if model else "")}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _badge(model: PublicModel | None) -> str:
    if model is None or not model.is_demo:
        return ""
    return f' <span class="badge" title="{escape(model_facts(model))}">{escape(texts.DEMO_SHORT)}</span>'


def _rating(row: BoardRow) -> tuple[str, str]:
    has_interval = row.ci_low is not None and row.ci_high is not None
    interval = f"{row.ci_low:.0f} to {row.ci_high:.0f}" if has_interval else "–"
    caveat = f'<span class="reason">{escape(row.reason)}</span>' if row.reason else ""
    return f'<td class="rating">{row.rating:.0f}</td>', f"<td>{interval}{caveat}</td>"


def _no_rating(row: BoardRow) -> tuple[str]:
    return (f'<td class="unrated" colspan="2">{escape(row.reason or texts.BOARD_UNRATED)}</td>',)
