"""The leaderboard as a table."""

import csv
import io
from typing import Any

import pyarrow.parquet as pq
import pytest

from arena.leaderboard import BoardRow, Leaderboard, OwnBoard, OwnRow
from arena.model import PublicModel
from web_ui import board_texts, texts
from web_ui.board import board_table
from web_ui.board_files import as_csv, as_json, as_parquet
from web_ui.board_reading import Choice, Shown
from web_ui.own_board import own_board


def a_row(**changes: Any) -> BoardRow:
    row = {"model": "echo", "status": "rated", "rating": 1012.4, "ci_low": 990.0, "ci_high": 1034.0, "rank": 1}
    return BoardRow.model_validate({**row, "battles": 1234, "wins": 700, "losses": 500, "ties": 34, **changes})


def a_table(*rows: BoardRow, models: tuple[PublicModel, ...] = ()) -> str:
    return board_table(Shown(Leaderboard(votes=1234, rows=rows)), models)


def test_without_votes_it_says_so():
    assert board_texts.EMPTY in board_table(Shown(Leaderboard()), ())


def test_a_rating_has_its_interval_in_numbers_and_drawn():
    table = a_table(a_row(rank_low=1, rank_high=3))

    assert '<td class="number rating" data-v="1012.4">1012</td>' in table
    assert ">990 to 1034<svg" in table
    assert ">1 to 3<" in table
    assert "1,234" in table


def test_a_rating_to_be_taken_with_care_says_so():
    assert "only 3 battles so far" in a_table(a_row(reason="only 3 battles so far"))


def test_without_a_rating_the_reason_is_told():
    row = a_row(
        status="provisional", rating=None, ci_low=None, ci_high=None, rank=None, reason="not enough votes yet: x"
    )

    assert "not enough votes yet: x" in a_table(row)
    assert 'rating" data-v="">–' in a_table(row)


def test_a_provisional_number_is_not_shown_as_a_rating():
    assert "1012" not in a_table(a_row(status="provisional"))


def test_organisation_and_demo_come_from_the_list_of_models():
    table = a_table(a_row(), models=(PublicModel(name="echo", organisation="A & B", is_demo=True),))

    assert "A &amp; B" in table
    assert texts.DEMO_SHORT in table


def test_names_cannot_bring_html():
    assert "<script>" not in a_table(a_row(model="<script>"))


def test_a_bound_is_told_where_there_is_no_more():
    row = a_row(status="provisional", rating=None, ci_low=None, ci_high=None, rank=None, bound_low=1100.4)

    assert ">over 1100<" in a_table(row)


def test_licences_link_to_the_web_alone_and_prices_stand_in_one_cell():
    linked = PublicModel(name="echo", licence="MIT", link="https://example.org/m", price_in=0.5)
    other = PublicModel(name="echo", licence="MIT", link="javascript:hit()")

    assert '<a href="https://example.org/m" target="_blank" rel="noopener noreferrer nofollow">MIT</a>' in a_table(
        a_row(), models=(linked,)
    )
    assert "$0.50 / ?" in a_table(a_row(), models=(linked,))
    assert "javascript" not in a_table(a_row(), models=(other,))


def test_categories_and_styles_are_ways_to_their_boards():
    categories = ("code", "language=<b>")
    whole = board_table(Shown(Leaderboard(votes=9, rows=(a_row(),)), categories=categories, has_style=True), ())
    code = Choice("code", is_styled=True)
    part = board_table(Shown(Leaderboard(votes=7, rows=(a_row(model="coder"),)), code, categories, has_style=True), ())

    assert 'href="?tab=leaderboard&amp;category=code" data-category="code" data-style="">Code</a>' in whole
    assert 'href="?tab=leaderboard&amp;style=1" data-category="" data-style="1">Style held equal</a>' in whole
    assert "language%3D%3Cb%3E" in whole
    assert "<b>" not in whole
    assert board_texts.STYLED in part
    assert "/visitor/leaderboard.parquet?category=code&amp;style=1" in part
    assert 'data-category="code" data-style="1" aria-current="true">Style held equal</a>' in part


def test_a_board_of_the_newest_votes_alone_says_so_in_the_page_and_in_its_file():
    board = Leaderboard(votes=250_000, of_votes=1_000_000, rows=(a_row(),))
    shown = board_table(Shown(board, Choice(is_styled=True), has_style=True), ())

    assert "Votes that count here so far: 250,000 of 1,000,000 (the newest of those" in shown
    assert b'"of_votes": 1000000' in as_json(board, ())


@pytest.mark.parametrize("told", [None, "code", [], {"category": 3, "style": True}, {"style": ["1"]}])
def test_whatever_the_browser_tells_some_board_is_chosen(told: object):
    assert Choice.read(told) == Choice()


def test_files_hold_every_row_and_names_as_they_are():
    model = PublicModel(name="=HYPERLINK(1)", organisation="A", price_in=0.5)
    board = Leaderboard(votes=9, rows=(a_row(), a_row(model="a,b"), a_row(model="=HYPERLINK(1)")))
    table = list(csv.DictReader(io.StringIO(as_csv(board, (model,)).decode())))
    packed = pq.read_table(io.BytesIO(as_parquet(board, (model,))))

    assert Leaderboard.model_validate_json(as_json(board, ())) == board
    assert [row["model"] for row in table] == packed["model"].to_pylist() == ["echo", "a,b", "=HYPERLINK(1)"]
    assert table[2]["organisation"] == "A"
    assert packed.to_pylist()[2]["price_in"] == 0.5


def test_ones_own_board_says_how_many_votes_are_missing():
    assert own_board(None) == ""
    assert "18 to go" in own_board(OwnBoard(votes=12, needed=30))


def test_ones_own_board_says_how_little_it_knows():
    row = OwnRow(model="<i>", wins=9, losses=6, ties=0, share=0.6, share_low=0.357, share_high=0.802)
    said = own_board(OwnBoard(votes=30, needed=30, rows=(row,)))

    assert "&lt;i&gt;" in said
    assert "36% to 80%" in said
    assert "<i>" not in said
