"""Which votes count."""

from pathlib import Path

import numpy as np
import pytest

from arena.errors import SetupError
from export.ratings.choosing import Condition, capped
from export.ratings.reading import read_votes
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, rows

VOTES = """model_a,model_b,winner,language,turn,tstamp
a,b,model_a,English,1,2026-01-05
b,c,model_a,,3,2026-01-20
c,a,tie,German,2,2026-02-01
"""


def _kept(folder: Path, *conditions: str) -> list[str]:
    (folder / "votes.csv").write_text(VOTES)
    table = read_votes([folder / "votes.csv"], [Condition.parse(each) for each in conditions])
    assert table.left_out.get("filtered", 0) == 3 - len(table.battles.a)
    return [table.battles.models[each] for each in table.battles.a]


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        ((), "abc"),
        (("language=English",), "a"),
        (("language != English",), "c"),
        (("language == English",), "a"),
        (("turn>=2",), "bc"),
        (("turn>=2", "turn<3"), "c"),
        (("tstamp<2026-02-01",), "ab"),
        (("winner=tie",), "c"),
    ],
)
def test_only_votes_that_meet_all_conditions_count(conditions: tuple[str, ...], kept: str, tmp_path: Path):
    assert "".join(_kept(tmp_path, *conditions)) == kept


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("language", "is not COLUMN=VALUE"),
        ("colour=red", "no column colour"),
        ("language<3", "cannot be compared"),
        ("turn>many", "cannot be compared"),
        ("tstamp>=2026-13-01", "^--filter tstamp>=2026-13-01: tstamp is '2026-13-01'; it must be unix seconds"),
    ],
)
def test_a_condition_that_cannot_be_judged_is_refused(condition: str, said: str, tmp_path: Path):
    with pytest.raises(SetupError, match=said):
        _kept(tmp_path, condition)


def test_of_each_voter_only_the_first_votes_count():
    table = VoteTable(coded(rows("3 a>b", "3 b>a")), "made", voters=np.array([1, -1, 1, 1, -1, 0]))
    kept = capped(table, 1, None)

    assert kept.voters is not None
    assert kept.voters.tolist() == [1, -1, -1, 0]
    assert kept.left_out == {"over_1_per_voter": 2}


def test_a_cap_without_voters_is_refused():
    with pytest.raises(SetupError, match="do not tell of prompts"):
        capped(VoteTable(coded(rows("a>b")), "made"), None, 1)
