"""Votes as a source tells them, one by one."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np

from arena.errors import SetupError
from export.ratings.counts import Battles
from export.ratings.scale import Codes, Flags, Floats


@dataclass(frozen=True, eq=False, slots=True)
class VoteTable:
    """Votes in the order of their source. What it does not tell is None."""

    battles: Battles
    digest: str
    """SHA-256 of the source."""
    times: Floats | None = None
    """Unix seconds; NaN where a row does not tell."""
    voters: Codes | None = None
    """Who voted; negative where a row does not tell."""
    prompts: Codes | None = None
    """What was asked; negative where a row does not tell."""
    style: dict[str, tuple[Floats, Floats]] = field(default_factory=dict[str, tuple[Floats, Floats]])
    """For each feature, how much of it the answers of side a and of side b hold."""
    beside: dict[str, tuple[Floats, Floats]] = field(default_factory=dict[str, tuple[Floats, Floats]])
    """The same of what else may sway votes: no rating uses it."""
    asked: Codes | None = None
    """What was asked first, told from the texts where these were read: the same code is the same prompt."""
    categories: dict[str, Flags] = field(default_factory=dict[str, Flags])
    """For each category, which votes are in it."""
    probabilities: Floats | None = None
    """With which probability the pair was drawn; NaN where a row does not tell."""
    flagged: Flags | None = None
    """Whose voter has other votes against which the source records something; None where it records nothing at all."""
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    """Rows that are not votes for ratings, by reason."""

    def rows(self, kept: Flags) -> "VoteTable":
        """Return some of the rows."""
        each = self.battles
        return replace(
            self,
            battles=Battles(each.models, each.a[kept], each.b[kept], each.winner[kept]),
            times=None if self.times is None else self.times[kept],
            voters=None if self.voters is None else self.voters[kept],
            prompts=None if self.prompts is None else self.prompts[kept],
            style={name: (a[kept], b[kept]) for name, (a, b) in self.style.items()},
            beside={name: (a[kept], b[kept]) for name, (a, b) in self.beside.items()},
            probabilities=None if self.probabilities is None else self.probabilities[kept],
            flagged=None if self.flagged is None else self.flagged[kept],
            asked=None if self.asked is None else self.asked[kept],
            categories={name: inside[kept] for name, inside in self.categories.items()},
        )

    def style_without(self, features: Collection[str]) -> "VoteTable":
        """Return the votes as if some features of style were not known."""
        return replace(self, style={name: both for name, both in self.style.items() if name not in features})

    def with_style(self) -> "VoteTable":
        """Return the rows whose style is known in every feature."""
        kept = np.ones(len(self.battles.a), np.bool_)
        for both in self.style.values():
            kept &= np.isfinite(both[0]) & np.isfinite(both[1])
        left_out = {**self.left_out, "style_unknown": int(len(kept) - kept.sum())}
        return replace(self.rows(kept), left_out=left_out if not kept.all() else self.left_out)

    def with_probabilities(self) -> "VoteTable":
        """Return the rows of which is known how probable their pair was; a `SetupError` where none is."""
        if self.probabilities is None or not (kept := np.isfinite(self.probabilities)).any():
            raise SetupError("--weights: these votes do not tell how probable their pairs were (pair_probability)")
        left_out = {**self.left_out, "probability_unknown": int(len(kept) - kept.sum())}
        return self if kept.all() else replace(self.rows(kept), left_out=left_out)

    def in_time(self) -> Battles:
        """Return the battles in the order of their times. Equal times keep their order; rows without one come last."""
        if self.times is None or (self.times[1:] >= self.times[:-1]).all():
            return self.battles
        order = np.argsort(self.times, kind="stable")
        each = self.battles
        return Battles(each.models, each.a[order], each.b[order], each.winner[order])
