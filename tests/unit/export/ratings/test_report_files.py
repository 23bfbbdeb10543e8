"""Reports as files."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from arena.errors import SetupError
from export.ratings.analysis import Report, analyse
from export.ratings.recipe import Recipe
from export.ratings.report_files import (
    COLUMNS,
    leaderboard,
    model_rows,
    over_time,
    pair_rows,
    remove_report,
    write_report,
)
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, rows


def _report(*said: str, voters: list[int] | None = None) -> Report:
    table = VoteTable(coded(rows(*said)), "made", voters=None if voters is None else np.array(voters))
    return analyse(table, Recipe())


def test_the_files_hold_the_same_standings(tmp_path: Path):
    report = _report("9 a>b", "5 b>a", "c>a", "2 d>e", "a>a")
    files = write_report(report, tmp_path / "new" / "board")
    board = json.loads(files[0].read_text(encoding="utf-8"))
    with files[1].open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))

    assert [file.name for file in files][:4] == ["leaderboard.json", "leaderboard.csv", "pairs.csv", "covariance.npz"]
    assert [row["model"] for row in board["models"]] == [row["model"] for row in table] == ["a", "b", "c", "d", "e"]
    assert [row["rating"] or None for row in table] == [
        None if row["rating"] is None else str(row["rating"]) for row in board["models"]
    ]
    assert list(board["models"][0]) == list(COLUMNS)


def test_the_covariance_gives_the_errors_back(tmp_path: Path):
    report = _report("9 a>b", "5 b>a", "5 c>a", "3 a>c", "d>a")
    write_report(report, tmp_path)
    rated = {each.model: each for each in report.ratings.standings if each.status == "rated"}

    with np.load(tmp_path / "covariance.npz") as kept:
        assert kept["models"].tolist() == ["a", "b", "c"]
        assert kept["ratings"].tolist() == [rated[name].rating for name in "abc"]
        assert np.sqrt(np.diag(kept["covariance"])).tolist() == [rated[name].se for name in "abc"]


def test_the_same_votes_give_the_same_bytes(tmp_path: Path):
    for name in ("1", "2"):
        write_report(_report("9 a>b", "5 b>a"), tmp_path / name)

    first, second = (
        {each.relative_to(tmp_path / name): each.read_bytes() for each in (tmp_path / name).rglob("*.*")}
        for name in ("1", "2")
    )
    assert first == second
    assert Path("figures/intervals.svg") in first


def test_pairs_are_told_with_who_won(tmp_path: Path):
    report = _report("9 a>b", "5 b>a", "a=b", "c>a", "a>a")

    assert pair_rows(report) == [
        {"model_a": "a", "model_b": "b", "wins_a": 9, "wins_b": 5, "ties": 1},
        {"model_a": "a", "model_b": "c", "wins_a": 0, "wins_b": 1, "ties": 0},
    ]


def test_times_become_the_board_at_the_end_of_each_month(tmp_path: Path):
    battles = coded(rows("2 a>b", "b>a", "4 b>a"))
    times = np.array([0.0, 0.0, 0.0, *[40 * 86_400.0] * 3, np.nan])
    report = analyse(VoteTable(battles, "made", times=times), Recipe(anchor=("a", 1200)))

    found = over_time(report)

    assert list(found) == ["1970-01", "1970-02"]
    assert [ratings["a"] for ratings in found.values()] == [1200, 1200]
    assert found["1970-01"]["b"] < 1200 < found["1970-02"]["b"]
    assert leaderboard(report)["input"]["newest"] == "1970-02-10"


def test_the_input_is_told():
    found = leaderboard(_report("9 a>b", "5 b>a", "a>a", voters=[*[0] * 10, *[1] * 4, 1]))["input"]

    assert found == {
        "digest": "made",
        "newest": None,
        "votes": 15,
        "battles": 14,
        "self_battles": 1,
        "models": 2,
        "voters": 2,
        "largest_voter_share": pytest.approx(10 / 15),
        "left_out": {},
    }


def test_few_battles_hide_a_row_and_change_no_other():
    report = _report("9 a>b", "5 b>a", "c>a")

    assert model_rows(report, min_battles=2) == model_rows(report)[:2]


def test_without_ratings_there_is_no_covariance(tmp_path: Path):
    write_report(_report("a>b"), tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *("figures", "leaderboard.csv", "leaderboard.json", "pairs.csv"),
    ]
    assert {file.stem for file in (tmp_path / "figures").iterdir()} == {"battles", "coverage"}
    assert json.loads((tmp_path / "leaderboard.json").read_text(encoding="utf-8"))["fit"] is None


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(SetupError, match=r"cannot write into .*file"):
        write_report(_report("a>b"), tmp_path / "file")


def test_an_earlier_board_leaves_nothing_in_the_folder_that_would_not_belong_to_this_one(tmp_path: Path):
    write_report(_report("9 a>b", "5 b>a"), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    assert (tmp_path / "covariance.npz").exists()
    wrote = write_report(_report("a>b"), tmp_path)

    found = {each for each in tmp_path.rglob("*") if each.is_file()}
    assert found == {*wrote, tmp_path / "notes.txt"}
    remove_report(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
