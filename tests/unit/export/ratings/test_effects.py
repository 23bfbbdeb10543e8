"""What else sways votes: how long an answer took, and in which language it came."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from export.ratings.analysis import analyse
from export.ratings.counts import Battles
from export.ratings.reading import read_votes
from export.ratings.recipe import Recipe
from export.ratings.report_files import leaderboard
from export.ratings.rules import other_language
from export.ratings.said import Said
from export.ratings.scale import Floats
from export.ratings.style import difference
from export.ratings.vote_table import VoteTable

GERMAN = "Wie viele Einwohner hat die Stadt, und seit wann gibt es dort eine Universität?"
ENGLISH = "How many people live in the town, and since when has it had a university?"


def _swayed(by: float, battles: int = 20_000) -> VoteTable:
    """Votes among four models of which the slower answer's odds are `by` deviations longer."""
    dice = np.random.default_rng(4)
    a = dice.integers(0, 4, battles)
    b = (a + dice.integers(1, 4, battles)) % 4
    seconds = dice.exponential(5, (2, battles))
    feature = difference(*seconds)
    lead = (b - a) * 0.4 + by * (feature - feature.mean()) / feature.std()
    winner = (dice.random(battles) > 1 / (1 + np.exp(-lead))).astype(np.int8)
    took: tuple[Floats, Floats] = (seconds[0], seconds[1])
    return VoteTable(Battles(tuple("abcd"), a, b, winner), "made", beside={"speed": took})


def test_a_known_effect_of_speed_is_recovered_within_two_errors():
    effect = leaderboard(analyse(_swayed(-0.3), Recipe()))["effects"]["speed"]

    assert abs(effect["coef"] + 0.3) < 2 * effect["se"] < 0.06


@pytest.mark.parametrize("style", [False, True])
def test_what_the_left_side_gains_is_told_beside_style(style: bool):
    dice, battles = np.random.default_rng(6), 20_000
    a = dice.integers(0, 4, battles)
    b = (a + dice.integers(1, 4, battles)) % 4
    lengths = dice.exponential(300, (2, battles))
    feature = difference(*lengths)
    lead = (b - a) * 0.4 + 0.25 + 0.5 * (feature - feature.mean()) / feature.std()
    winner = (dice.random(battles) > 1 / (1 + np.exp(-lead))).astype(np.int8)
    voted = Battles(tuple("abcd"), a, b, winner)
    report = analyse(VoteTable(voted, "made", style={"length": (lengths[0], lengths[1])}), Recipe(style=style))
    position = leaderboard(report)["effects"]["position"]

    assert abs(position["coef"] - 0.25) < 2 * position["se"] < 0.07
    assert (position["mean"], position["sd"]) == (0, 1)
    assert report.style is not None
    assert list(report.style.effects) == ["length"]


def test_where_one_side_is_always_the_same_model_nothing_is_said_of_sides():
    voted = Battles(tuple("ab"), *(np.array(each, np.int8) for each in ([0] * 9, [1] * 9, [0, 1, 2] * 3)))
    table = VoteTable(voted, "made", style={"length": (np.arange(9.0) % 4, np.arange(9.0) % 5)})

    assert analyse(table, Recipe()).effects == {}


def test_it_changes_no_rating():
    table = _swayed(-0.3, 500)
    known, unknown = analyse(table, Recipe()), analyse(replace(table, beside={}), Recipe())

    assert known.ratings.standings == unknown.ratings.standings
    assert unknown.effects == {}


def test_where_it_never_differs_or_is_never_known_there_is_no_effect():
    table = _swayed(0, 500)
    same, unknown = np.ones(500), np.full(500, np.nan)
    beside = {"language": (same, same), "speed": (unknown, unknown)}

    assert analyse(replace(table, beside=beside), Recipe()).effects == {}


def test_files_tell_it_in_columns_of_their_own(tmp_path: Path):
    file = tmp_path / "votes.csv"
    file.write_text("model_a,model_b,winner,seconds_a,seconds_b,other_language_a,other_language_b\na,b,tie,2,3.5,0,1\n")
    told = read_votes([file]).beside

    assert {name: (a[0], b[0]) for name, (a, b) in told.items()} == {"speed": (2, 3.5), "language": (0, 1)}


def test_the_language_of_an_answer_is_held_against_that_of_the_question():
    assert other_language(Said((GERMAN,), (GERMAN,), (ENGLISH,))) == (0, 1)
    assert other_language(Said((GERMAN,), ("",), (ENGLISH,))) == pytest.approx((np.nan, 1), nan_ok=True)


def test_without_votes_style_is_held_equal_on_an_empty_board():
    report = analyse(VoteTable(Battles((), *(np.empty(0, np.int8) for _ in range(3))), "made"), Recipe(style=True))

    assert leaderboard(report)["models"] == []
