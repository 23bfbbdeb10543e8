"""The figures beside a board, to stand in another page: with their style, without a script."""

from export.ratings.site import charts, pairs
from export.ratings.site.html import Html, own, tag, trusted
from export.ratings.site.site_board import SiteBoard


def fragment(board: SiteBoard) -> Html:
    """Return what is drawn beside the table; nothing where there are no models."""
    if not board.rows:
        return Html()
    drawn = (
        charts.intervals(board),
        pairs.pair_map(board),
        pairs.coverage(board),
        charts.over_time(board),
        charts.effects(board),
    )
    return tag("div", trusted("style", own("figures.css")), *drawn, class_="figures")
