"""Whatever the votes and the recipe: a status or a clear error, never an artefact."""

import json
import math

import numpy as np
import pytest

from arena.errors import SetupError
from export.ratings.analysis import Report, analyse
from export.ratings.counts import Battles, count_votes
from export.ratings.newton import FitFailed
from export.ratings.rate import rate
from export.ratings.recipe import Interval, Method, Recipe, Weights
from export.ratings.report_files import leaderboard
from export.ratings.report_table import report_lines
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, rows

EDGES = {
    "empty input": (),
    "one battle": ("a>b",),
    "no win": ("3 a>b", "b>a", "2 a>z", "b>z"),
    "no loss": ("3 a>b", "b>a", "2 z>a", "z>b"),
    "no win and no loss": ("3 a>b", "b>a", "2 z=a"),
    "islands": ("a>b", "b>a", "c>d", "d>c", "e>f"),
    "a chain": ("a>b", "b>c", "c>d"),
    "self-battles": ("5 a>a", "b=b"),
    "self-battles beside others": ("5 a>a", "a>b", "b>a"),
    "all ties": ("5 a=b", "4 b~c"),
    "all wins by one": ("9 a>b",),
    "a ring": ("a>b", "b>c", "c>a"),
    "far apart": ("1000 a>b", "b>a", "1000 b>c", "c>b"),
}
RECIPES = [
    Recipe(),
    Recipe(ci=Interval.BOOTSTRAP, rounds=20),
    Recipe(method=Method.DAVIDSON),
    Recipe(method=Method.ELO),
    Recipe(ci=Interval.CLUSTERED),
    Recipe(style=True),
    Recipe(checks=True),
    Recipe(weights=Weights.PROPENSITY),
    Recipe(per_voter=1, per_prompt=1),
]


def _table(battles: Battles) -> VoteTable:
    """Everything that a source can tell, in its least telling form: one voter, one prompt, one time, no style."""
    many = len(battles.a)
    nothing = np.zeros(many)
    return VoteTable(
        battles,
        "made",
        times=np.full(many, 1.7e9),
        voters=np.zeros(many, np.int32),
        prompts=np.zeros(many, np.int32),
        style={"length": (nothing, nothing)},
        probabilities=np.full(many, 0.5),
        flagged=np.zeros(many, np.bool_),
    )


def _made(recipe: Recipe, *said: str) -> Report | str:
    """Return the report, or why the recipe is refused."""
    try:
        return analyse(_table(coded(rows(*said))), recipe)
    except (SetupError, FitFailed) as error:
        return str(error)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.method + each.ci)
@pytest.mark.parametrize("said", EDGES.values(), ids=EDGES)
def test_every_edge_has_a_status_or_a_clear_error(said: tuple[str, ...], recipe: Recipe):
    report = _made(recipe, *said)
    if isinstance(report, str):
        assert recipe != RECIPES[0]
        assert len(report) > 20
        return

    board = json.loads(json.dumps(leaderboard(report), allow_nan=False))
    assert list(report_lines(report))
    for row in board["models"]:
        assert row["status"] in {"rated", "provisional", "unrated"}
        assert (row["rating"] is None) == (row["status"] != "rated")
        assert row["status"] == "rated" or row["reason"]
        assert row["se"] is None or 0 < row["se"] < 1e5


@pytest.mark.parametrize("said", EDGES.values(), ids=EDGES)
def test_one_voter_gives_no_clustered_errors(said: tuple[str, ...]):
    report = _made(Recipe(), *said)

    assert isinstance(report, Report)
    assert report.se_clustered == {}


def test_ten_thousand_models_that_were_counted_are_refused_in_words():
    dice = np.random.default_rng(1)
    names = np.array([f"model {at}" for at in range(10_000)], object)
    a = dice.integers(0, 10_000, 60_000)
    b = (a + dice.integers(1, 10_000, 60_000)) % 10_000
    winners = np.array(["model_a", "model_b", "tie"], object)[dice.integers(0, 3, 60_000)]
    counts = count_votes(names[a].tolist(), names[b].tolist(), winners.tolist())

    assert counts.total == 60_000
    with pytest.raises(FitFailed, match="models to compare; at most 3,000 are rated at once"):
        rate(counts)


def test_ten_thousand_models_of_which_few_can_be_compared_have_a_status_each():
    names = [f"model {at}" for at in range(10_000)]
    first = names[:-1]
    counts = count_votes([*first, "model 1"], [*names[1:], "model 0"], ["model_a"] * 10_000)
    standings = rate(counts).standings

    assert len(standings) == 10_000
    assert sorted({each.status for each in standings}) == ["provisional", "rated", "unrated"]
    assert all(each.rating is None or math.isfinite(each.rating) for each in standings)
