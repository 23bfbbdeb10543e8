"""What speaks for and against a board, and how it was made, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from export.ratings.site import words
from export.ratings.site.html import Html, tag
from export.ratings.site.site_board import SiteBoard
from export.ratings.site.words import many

_METHODS = {"bt": "Bradley–Terry", "davidson": "Davidson (ties have a strength of their own)", "elo": "online Elo"}
_INTERVALS = {
    "sandwich": "robust (sandwich), every vote on its own",
    "clustered": "robust, the votes of one voter taken together",
    "bootstrap": "bootstrap",
}


def trust(board: SiteBoard) -> Html | None:
    """Return what speaks for and against the board, where that was looked for."""
    said = (board.board.get("checks") or {}).get("says", {})
    told = [*_voters(board.board["input"]), *(words_of for name, words_of in said.items() if name != "ranks")]
    if not told:
        return None
    return tag("section", tag("h2", words.CHECKS), tag("ul", *(tag("li", each) for each in told)), id="checks")


def _voters(found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("voters"):
        share = found.get("largest_voter_share") or 0.0
        yield f"The votes are those of {many(found['voters'], 'voter')}; who voted most cast {share:.1%} of them."


def _weights(found: Mapping[str, Any] | None) -> str:
    return "" if not found else f"{found['says']}; worth {found['effective_battles']:,.0f} battles"


def _intervals(board: SiteBoard, kind: str) -> str:
    if board.rated and all(row["ci_low"] is None for row in board.rated):
        return "none: online Elo has none" if board.board["settings"]["method"] == "elo" else "none can be told"
    return f"95%, {_INTERVALS.get(kind, kind)}"


def made(board: SiteBoard) -> Html:
    """Return the section on how the board was made."""
    settings, found = board.board["settings"], board.board["input"]
    said: dict[str, object] = {
        "Method": _METHODS.get(settings["method"], settings["method"]),
        "Style": words.STYLE_EQUAL if board.is_styled else words.AS_VOTED,
        "Left out of style": ", ".join(settings.get("style_without", ())),
        "Intervals": _intervals(board, settings["ci"]),
        "Ties": settings["ties"],
        "Conditions": "; ".join(settings["filters"]) or "none",
        "Votes that count": f"{found['battles']:,}",
        "Left out": "; ".join(f"{rows:,} {reason.replace('_', ' ')}" for reason, rows in found["left_out"].items()),
        "At most for each voter": settings["per_voter"],
        "At most about each prompt": settings["per_prompt"],
        "Weights": _weights(board.board.get("weights")),
        "SHA-256 of the votes": tag("code", found["digest"]),
    }
    rows = [
        part for key, value in said.items() if value not in (None, "") for part in (tag("dt", key), tag("dd", value))
    ]
    return tag("section", tag("h2", words.MADE), tag("dl", *rows, class_="made"), id="made")
