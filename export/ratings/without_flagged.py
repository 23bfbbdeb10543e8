"""The board without the voters against whom the source records something."""

from dataclasses import dataclass

import numpy as np

from export.ratings.counts import count
from export.ratings.rate import Ratings, rate
from export.ratings.vote_table import VoteTable


@dataclass(frozen=True, slots=True)
class WithoutFlagged:
    """What changes when these voters' votes are left out. None of them is left out of the board itself."""

    voters: int
    votes: int
    """How many votes of theirs count."""
    first: str | None
    """Who is first without them."""
    ratings: dict[str, float]
    """Without them; mean 1000."""
    other_places: int
    """How many of the models that are rated both ways have another place."""


def without_flagged(table: VoteTable, ratings: Ratings) -> WithoutFlagged | None:
    """Rate without the flagged voters; None where the source records nothing against anybody."""
    if table.flagged is None or table.voters is None:
        return None
    left = rate(count(table.rows(~table.flagged).battles)).standings
    places = {each.model: each.rank for each in ratings.standings if each.rank is not None}
    after = {each.model: each.rank for each in left if each.rank is not None}
    return WithoutFlagged(
        voters=len(np.unique(table.voters[table.flagged])),
        votes=int(table.flagged.sum()),
        first=next((each.model for each in left if each.rank == 1), None),
        ratings={each.model: each.rating for each in left if each.rating is not None},
        other_places=sum(places[model] != after[model] for model in places.keys() & after.keys()),
    )
