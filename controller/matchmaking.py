"""Who meets whom. The draw is a pure rule: chance is an argument, and its probability is recorded."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from arena.errors import NotEnoughModels

POLICY = "weighted-v1"


@dataclass(frozen=True, slots=True)
class Pair:
    """A drawn pair. `probability` is that of the unordered pair; each side is a fair coin."""

    model_a: str
    model_b: str
    probability: float


def pair_probability(weights: Mapping[str, float], one: str, other: str) -> float:
    """Return the probability that the unordered pair is drawn: one after the other, without putting back."""
    total = math.fsum(weights.values())

    def in_this_order(first: str, second: str) -> float:
        # Summed anew, not `total - weights[first]`: beside a giant the rest would round to nothing.
        rest = math.fsum(weight for model, weight in weights.items() if model != first)
        return weights[first] / total * (weights[second] / rest)

    return in_this_order(one, other) + in_this_order(other, one)


def draw_pair(weights: Mapping[str, float], chance: Random) -> Pair:
    """Draw two different models by weight. A weight of 0 keeps a model out."""
    drawable = {model: weight for model, weight in sorted(weights.items()) if weight > 0}
    if len(drawable) < 2:
        raise NotEnoughModels
    one = chance.choices(list(drawable), list(drawable.values()))[0]
    rest = {model: weight for model, weight in drawable.items() if model != one}
    other = chance.choices(list(rest), list(rest.values()))[0]
    probability = pair_probability(drawable, one, other)
    if chance.random() < 0.5:
        one, other = other, one
    return Pair(one, other, probability)
