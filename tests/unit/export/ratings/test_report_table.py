"""Reports on the terminal."""

from export.ratings.analysis import analyse
from export.ratings.counts import code
from export.ratings.recipe import Interval, Recipe
from export.ratings.report_table import report_lines
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, rows


def _lines(*said: str, recipe: Recipe | None = None) -> list[str]:
    table = VoteTable(coded(rows(*said)), "made", left_out={"not_anonymous": 3})
    return list(report_lines(analyse(table, recipe or Recipe())))


def test_the_table_is_aligned_and_says_what_it_rests_on():
    assert _lines("60 a>b", "20 b>a", "c>a", "b>d", "a>a") == [
        "rank  model  rating  95% interval  places  battles",
        "   1  a      1095.4  1051 to 1139     1-1       81",
        "   2  b       904.6    861 to 949     2-2       81",
        "      c                  over 584                1  not enough votes yet: has not lost yet",
        "      d                under 1416                1  not enough votes yet: has not won yet",
        "",
        "82 battles, 4 models; 1 battle of a model with itself left out; 3 rows left out (not_anonymous)",
    ]


def test_a_bootstrap_that_fell_apart_is_told():
    assert "% of the bootstrap's rounds fell apart" in _lines("9 a>b", "b>a", recipe=Recipe(ci=Interval.BOOTSTRAP))[-1]


def test_no_votes_are_an_empty_table():
    assert _lines()[0].split() == ["rank", "model", "rating", "95%", "interval", "places", "battles"]
    assert _lines()[-1].startswith("0 battles, 0 models")


def test_names_cannot_break_the_table_or_command_the_terminal():
    battles = code(["a\nb", "\x1b[31mred"], ["\x1b[31mred", "a\nb"], ["model_a", "model_a"])
    table = list(report_lines(analyse(VoteTable(battles, "made"), Recipe())))

    assert [line.split()[1] for line in table[1:3]] == ["\\x1b[31mred", "a\\nb"]
