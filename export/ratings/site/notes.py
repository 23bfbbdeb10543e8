"""What speaks for and against a board, and how it was made, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from export.ratings.scale import Z95
from export.ratings.site import words
from export.ratings.site.html import Html, named, tag, together
from export.ratings.site.site_board import SiteBoard
from export.ratings.site.words import many

_METHODS = {"bt": "Bradley–Terry", "davidson": "Davidson (ties have a strength of their own)", "elo": "online Elo"}
_INTERVALS = {
    "sandwich": "robust (sandwich), every vote on its own",
    "clustered": "robust, the votes of one voter taken together",
    "bootstrap": "bootstrap",
}


def trust(board: SiteBoard) -> Html | None:
    """Return the section about the checks, where they were made."""
    checks, told = board.board.get("checks") or {}, list(_voters(board.board["input"]))
    told += [*_influence(checks.get("influence")), *_position(checks.get("position")), *_law(checks.get("law"))]
    if not told:
        return None
    return tag("section", tag("h2", words.CHECKS), tag("ul", *(tag("li", each) for each in told)), id="checks")


def _voters(found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("voters"):
        share = found.get("largest_voter_share") or 0.0
        yield f"The votes are those of {many(found['voters'], 'voter')}; who voted most cast {share:.1%} of them."


def _influence(found: Mapping[str, Any] | None) -> Iterator[Html]:
    if found is not None:
        without = "one vote" if found["votes"] == 1 else f"{found['votes']:,} votes"
        first, rival = named(found["first"]), named(found["rival"])
        yield together([f"Without {without} of those that favour ", first, " most, ", rival, " would be ahead of it."])


def _position(found: Mapping[str, Any] | None) -> Iterator[str]:
    if found is not None:
        surely = abs(found["coef"]) > Z95 * found["se"]
        does = f"changes the odds by a factor of {2.718281828459045 ** found['coef']:.2f}" if surely else "does nothing"
        yield f"To be shown on the left {does}{'' if surely else ' that could be told from chance'}."


def _law(found: Mapping[str, Any] | None) -> Iterator[str]:
    if found is not None and found["degrees"] > 0:
        yield (
            f"One strength for each model explains the results with a misfit of {found['chi_square']:,.0f}, where "
            f"about {found['degrees']:,} would be chance; of {many(found['triples'], 'triple')} of models "
            f"{found['circles']:,} beat each other in a circle."
        )


def made(board: SiteBoard) -> Html:
    """Return the section on how the board was made."""
    settings, found = board.board["settings"], board.board["input"]
    said: dict[str, object] = {
        "Method": _METHODS.get(settings["method"], settings["method"]),
        "Style": words.STYLE_EQUAL if board.is_styled else words.AS_VOTED,
        "Intervals": f"95%, {_INTERVALS.get(settings['ci'], settings['ci'])}",
        "Ties": settings["ties"],
        "Conditions": "; ".join(settings["filters"]) or "none",
        "Votes that count": f"{found['battles']:,}",
        "Left out": "; ".join(f"{rows:,} {reason.replace('_', ' ')}" for reason, rows in found["left_out"].items()),
        "At most for each voter": settings["per_voter"],
        "At most about each prompt": settings["per_prompt"],
        "SHA-256 of the votes": tag("code", found["digest"]),
    }
    rows = [
        part for key, value in said.items() if value not in (None, "") for part in (tag("dt", key), tag("dd", value))
    ]
    return tag("section", tag("h2", words.MADE), tag("dl", *rows, class_="made"), id="made")
