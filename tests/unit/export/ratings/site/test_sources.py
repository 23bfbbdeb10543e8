"""Where a site's boards come from."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.errors import SetupError
from export.ratings.analysis import analyse
from export.ratings.board_run import BoardRun
from export.ratings.categories import Sorter
from export.ratings.over_time import by_month
from export.ratings.recipe import Interval, Method, Recipe
from export.ratings.recipe_file import BoardFile
from export.ratings.report_files import write_report
from export.ratings.site.making import write_site
from export.ratings.site.sources import of_report, of_votes, read_boards
from tests.unit.export.ratings.site.made_sites import a_table

_SORTER = Sorter(("no_ties",), None)


def test_votes_that_tell_of_style_become_two_boards_of_each_category():
    found = of_votes(a_table(style=True), Recipe(), _SORTER)

    assert [(each.category, each.is_styled) for each in found] == [
        *(("overall", False), ("no_ties", False), ("overall", True), ("no_ties", True)),
    ]


@pytest.mark.parametrize("recipe", [Recipe(style=True), Recipe(method=Method.DAVIDSON)])
def test_who_asked_for_one_rating_gets_no_other(recipe: Recipe):
    found = of_votes(a_table(style=True), recipe, Sorter((), None))

    assert [each.is_styled for each in found] == [recipe.style]


def test_style_held_equal_has_the_intervals_that_were_asked_for():
    voted, equal = of_votes(a_table(style=True), Recipe(ci=Interval.BOOTSTRAP, rounds=9), Sorter((), None))

    assert [each.board["settings"]["ci"] for each in (voted, equal)] == ["bootstrap", "bootstrap"]


def test_style_of_which_the_recipe_leaves_nothing_has_no_board():
    found = of_votes(a_table(style=True), Recipe(style_without=("length",)), Sorter((), None))

    assert [each.is_styled for each in found] == [False]


def test_style_that_cannot_be_told_apart_has_no_board():
    table = a_table(style=True)
    twice = replace(table, style={"length": table.style["length"], "words": table.style["length"]})

    assert [each.is_styled for each in of_votes(twice, Recipe(), Sorter((), None))] == [False]


def test_a_folder_gives_back_the_boards_that_were_written(tmp_path: Path):
    reports = {name: analyse(a_table(), Recipe(checks=name == "")) for name in ("", "categories/code")}
    for name, report in reports.items():
        write_report(report, tmp_path / name)
    found = {each.category: each for each in read_boards(tmp_path)}
    made = of_report(reports[""])

    assert list(found) == ["overall", "code"]
    assert found["overall"].pairs == made.pairs
    assert found["overall"].over_time == made.over_time == by_month(a_table().battles, a_table().times)
    assert found["overall"].rows == made.rows


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("pairs.csv", "a,b\n"),
        ("over_time.csv", "period,model,rating\nx,y,z\n"),
        ("over_time.csv", "period,model,rating\nsoon,y,1000\n"),
        ("pairs.csv", "\xff"),
    ],
)
def test_files_that_are_something_else_are_one_line_that_names_the_folder(tmp_path: Path, file: str, said: str):
    write_report(analyse(a_table(), Recipe()), tmp_path)
    (tmp_path / file).write_bytes(said.encode("latin-1"))

    with pytest.raises(SetupError, match=str(tmp_path)):
        list(read_boards(tmp_path))


def test_a_language_that_a_file_calls_like_a_way_out_of_the_folder_stays_in_it_and_is_found_again(tmp_path: Path):
    called = ("../../away", "a/b", "100%", "Norwegian Bokmål")
    lines = [f"{pair},model_a,{each}" for each in called for pair in ("x,y", "y,x")]
    (tmp_path / "votes.csv").write_text("\n".join(["model_a,model_b,winner,language", *lines]), encoding="utf-8")
    with BoardRun.of(BoardFile(category=("language",)), tmp_path / "labels.sqlite3") as run:
        run.rate(run.read_files([tmp_path / "votes.csv"]), tmp_path / "board", 1)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["board", "votes.csv"]
    assert not (tmp_path / "board" / "away").exists()
    found = {each.category for each in read_boards(tmp_path / "board")}
    assert found == {"overall", *(f"language={each}" for each in called)}


def test_categories_and_pages_of_an_earlier_board_are_gone(tmp_path: Path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\nx,y,model_a\ny,x,model_a\n", encoding="utf-8")
    board, pages = tmp_path / "board", tmp_path / "site"
    for category in (("no_ties",), ()):
        with BoardRun.of(BoardFile(category=category), tmp_path / "labels.sqlite3") as run:
            run.rate(run.read_files([tmp_path / "votes.csv"]), board, 1)
        wrote = write_site(pages, list(read_boards(board)), {}, "Boards")
        assert set(pages.glob("*.html")) == set(wrote)
        assert {each.stem for each in (pages / "data").iterdir()} == {each.stem for each in wrote}

    assert [each.category for each in read_boards(board)] == ["overall"]
    assert not list(board.glob("categories/*"))
