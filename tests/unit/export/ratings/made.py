"""Battles for tests: written by hand, made at random, or published."""

import csv
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from arena.battle import Outcome
from arena.ids import time_ordered_id
from export.ratings.counts import Battles, PairCounts, code, count
from export.ratings.live import LiveVote
from export.ratings.rate import Standing, rate
from export.ratings.scale import Floats

_DATA = Path(__file__).parents[3] / "data" / "battles"
PUBLISHED = ("mtbench_human", "tulu_human", "vicuna80_human")
SIGNS = {">": "model_a", "<": "model_b", "=": "tie", "~": "both_bad"}

Row = tuple[str, str, str]


def rows(*said: str) -> list[Row]:
    """Read battles as one writes them: `a>b` (a won), `a<b`, `a=b` (tie), `a~b` (both bad), `3 a>b` (three times)."""
    found: list[Row] = []
    for each in said:
        times, battle = each.split() if " " in each else ("1", each)
        sign = next(sign for sign in SIGNS if sign in battle)
        model_a, model_b = battle.split(sign)
        found += [(model_a, model_b, SIGNS[sign])] * int(times)
    return found


def live(*said: str, at: float = 1_000_000.0) -> list[LiveVote]:
    """Votes as the ledger tells them, a millisecond apart."""
    return [
        LiveVote(time_ordered_id(int(at * 1000) + number, bytes(10)), a, b, Outcome(winner))
        for number, (a, b, winner) in enumerate(rows(*said))
    ]


def coded(battles: list[Row]) -> Battles:
    return code([each[0] for each in battles], [each[1] for each in battles], [each[2] for each in battles])


def counted(*said: str) -> PairCounts:
    return count(coded(rows(*said)))


def rated(*said: str) -> dict[str, Standing]:
    """The standings of battles written by hand, by model."""
    return {standing.model: standing for standing in rate(counted(*said)).standings}


Law = Callable[[Floats], tuple[Floats, Floats]]
"""From a difference of strengths to the chances of a win and a tie."""


def half_win_law(difference: Floats) -> tuple[Floats, Floats]:
    """Bradley and Terry's, for the score: a win, or half a win by a tie."""
    score = 1 / (1 + np.exp(-difference))
    ties = np.minimum(score, 1 - score) / 2
    return score - ties / 2, ties


def davidsons_law(difference: Floats) -> tuple[Floats, Floats]:
    """Davidson's, with a tie as likely as a win among equals."""
    weights = np.exp(difference / 2), np.ones(len(difference)), np.exp(-difference / 2)
    return weights[0] / sum(weights), weights[1] / sum(weights)


def simulated(chance: np.random.Generator, strengths: Floats, battles: int, law: Law = half_win_law) -> PairCounts:
    """Battles between random pairs that follow a law exactly."""
    models = len(strengths)
    a = chance.integers(0, models, battles)
    b = (a + chance.integers(1, models, battles)) % models
    win, tie = law(strengths[a] - strengths[b])
    draw = chance.random(battles)
    winner = np.where(draw < win, 0, np.where(draw < win + tie, 2, 1))
    names = tuple(f"model {number:03d}" for number in range(models))
    return count(Battles(names, a, b, winner))


@dataclass(frozen=True)
class Published:
    """A published set of votes, and what others computed from it."""

    battles: Battles
    in_time: Battles
    """In the order of their times, where these are known."""
    expected: dict[str, Any]
    columns: dict[str, list[str]]
    """The file's own columns, in its order."""


@cache
def published(name: str) -> Published:
    with gzip.open(_DATA / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    in_time = sorted(found, key=lambda row: row.get("tstamp", ""))
    expected = json.loads((_DATA / f"{name}.expected.json").read_text(encoding="utf-8"))["results"]
    both = [coded([(row["model_a"], row["model_b"], row["winner"]) for row in order]) for order in (found, in_time)]
    columns = {name: [row[name] for row in found] for name in found[0]}
    return Published(both[0], both[1], expected, columns)


NAMES = st.sampled_from("abcdef")
ROWS = st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["model_a", "model_b", "tie", "both_bad"])), max_size=60)
"""A few battles among up to six models: all that can be odd about a board happens here."""
