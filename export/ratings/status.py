"""Who can be rated, and why the others cannot."""

from dataclasses import dataclass

import numpy as np

from arena.leaderboard import Status
from export.ratings.components import comparable
from export.ratings.counts import PairCounts
from export.ratings.scale import Flags, Floats

_FEW = 10
"""A rating that rests on fewer battles says so."""


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """What each model did, in the order of `models`."""

    wins: Floats
    losses: Floats
    ties: Floats

    @property
    def battles(self) -> Floats:
        """All three together."""
        return self.wins + self.losses + self.ties


def record(counts: PairCounts) -> Record:
    """Add up every model's battles."""
    return Record(
        wins=counts.per_model(counts.wins, counts.losses),
        losses=counts.per_model(counts.losses, counts.wins),
        ties=counts.per_model(counts.ties, counts.ties),
    )


def comparable_models(counts: PairCounts) -> Flags:
    """Say which models can be rated: those of the largest part in which wins and ties link all both ways.

    Of equally large parts the one with more battles counts, then the one whose first model comes first. A single model
    compares nothing and mere ties have no scale: where there is nothing else, nobody is rated.
    """
    size, label = len(counts.models), comparable(counts)
    inside = label[counts.first] == label[counts.second]
    part = label[counts.first[inside]]
    models = np.bincount(label, minlength=size)
    battles = np.bincount(part, counts.battles[inside], size)
    decided = np.bincount(part, (counts.wins + counts.losses)[inside], size)
    in_order = label[np.sort(np.unique(label, return_index=True)[1])]
    candidates: list[int] = in_order[decided[in_order] > 0].tolist()
    if not candidates:
        return np.zeros(size, np.bool_)
    return label == max(candidates, key=lambda each: (models[each], battles[each]))


def status_among_rated(wins: float, losses: float) -> tuple[Status, str]:
    """Return the status of a model outside the rated ones, by its battles against these, and why.

    It cannot have both beaten and been beaten by them: then it would be one of them.
    """
    if wins:
        return "provisional", "not enough votes yet: has not lost yet"
    if losses:
        return "provisional", "not enough votes yet: has not won yet"
    return "unrated", "not enough votes yet: has met no rated model yet"


def why_nobody_is_rated(wins: float, losses: float, ties: float) -> str:
    """Say why a model is unrated when all are."""
    match bool(wins), bool(losses), bool(ties):
        case False, False, False:
            reason = "has no battles yet"
        case False, False, True:
            reason = "has only tied yet"
        case True, False, _:
            reason = "has not lost yet"
        case False, True, _:
            reason = "has not won yet"
        case _:
            reason = "no other model is linked to it by both wins and losses yet"
    return f"not enough votes yet: {reason}"


def caveat(with_rated: float, battles: float, has_only_tied: bool) -> str:
    """Say what a rating should be taken with, if anything. It rests on the battles with other rated models."""
    if with_rated >= _FEW and not has_only_tied:
        return ""
    many = "one battle" if with_rated == 1 else f"{round(with_rated)} battles"
    whom = " with rated models" if battles > with_rated else ""
    ties = "" if not has_only_tied else ", a tie" if with_rated == 1 else ", all ties"
    return f"only {many}{whom} so far{ties}"
