"""All choices that a board depends on, beside its votes."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from arena.errors import SetupError

FEATURES = ("length", "headers", "lists", "bold", "code", "emoji")
"""What style is made of. Length is told in tokens where these are known, else in characters."""


class Method(StrEnum):
    """What `rating` is."""

    BT = "bt"
    DAVIDSON = "davidson"
    ELO = "elo"


class Weights(StrEnum):
    """What each battle weighs."""

    NONE = "none"
    PROPENSITY = "propensity"


class Interval(StrEnum):
    """What `se` and the interval are."""

    SANDWICH = "sandwich"
    CLUSTERED = "clustered"
    BOOTSTRAP = "bootstrap"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a board."""

    method: Method = Method.BT
    ci: Interval = Interval.SANDWICH
    style: bool = False
    """Rate with style held equal."""
    style_without: tuple[str, ...] = ()
    """Features that style is not made of here."""
    anchor: tuple[str, float] | None = None
    """A model and the rating it is shown with; all others move along. Errors stay those around the mean."""
    rounds: int = 100
    """Of the bootstrap."""
    seed: int = 0
    filters: tuple[str, ...] = ()
    """Conditions that votes must meet, such as `language=English`."""
    per_voter: int | None = None
    """No more than the first so many votes of a voter count."""
    per_prompt: int | None = None
    weights: Weights = Weights.NONE
    weight_cap: float = 10.0
    """No battle weighs more than so many times the median."""
    checks: bool = False
    """Also compute what speaks for and against the board."""

    def __post_init__(self) -> None:
        if self.ci is not Interval.SANDWICH and self.method is Method.ELO:
            raise SetupError(f"--ci {self.ci} goes with --method bt or davidson only: elo has no errors")
        if self.checks and (self.method is not Method.BT or self.style):
            raise SetupError("--checks goes with --method bt and without --style only")
        if self.weights is not Weights.NONE and (self.method is not Method.BT or self.checks):
            raise SetupError(f"--weights {self.weights} goes with --method bt and without --checks only")
        if self.weights is not Weights.NONE and self.ci is Interval.BOOTSTRAP:
            raise SetupError(f"--weights {self.weights} goes with --ci sandwich or clustered only")
        if self.style and self.method is not Method.BT:
            raise SetupError("--style goes with --method bt only")
        _check_features(self.style_without)


def _check_features(left_out: Collection[str]) -> None:
    for name in left_out:
        if name not in FEATURES:
            raise SetupError(f"--style-without: {name!r} is not one of {', '.join(FEATURES)}")
    if {*FEATURES} <= {*left_out}:
        raise SetupError("--style-without: nothing is left of style; leave out --style instead")
