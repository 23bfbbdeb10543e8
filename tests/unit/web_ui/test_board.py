"""The leaderboard as a table."""

import csv
import io
from typing import Any

from arena.leaderboard import BoardRow, Leaderboard, OwnBoard, OwnRow
from arena.model import PublicModel
from web_ui import board_texts, texts
from web_ui.board import board_table
from web_ui.board_files import as_csv, as_json
from web_ui.own_board import own_board


def a_row(**changes: Any) -> BoardRow:
    row = {"model": "echo", "status": "rated", "rating": 1012.4, "ci_low": 990.0, "ci_high": 1034.0, "rank": 1}
    return BoardRow.model_validate({**row, "battles": 1234, "wins": 700, "losses": 500, "ties": 34, **changes})


def a_table(*rows: BoardRow, models: tuple[PublicModel, ...] = ()) -> str:
    return board_table(Leaderboard(votes=1234, rows=rows), models)


def test_without_votes_it_says_so():
    assert board_texts.EMPTY in board_table(Leaderboard(), ())


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


def test_categories_are_ways_to_their_boards():
    code = Leaderboard(votes=7, rows=(a_row(model="coder"),))
    board = Leaderboard(votes=9, rows=(a_row(),), categories={"code": code, "language=<b>": code})
    whole, part = board_table(board, ()), board_table(board, (), "code")

    assert 'href="?tab=leaderboard&amp;category=code" data-category="code">Code</a>' in whole
    assert "language%3D%3Cb%3E" in whole
    assert "<b>" not in whole
    assert "coder" in part
    assert "/visitor/leaderboard.csv?category=code" in part
    assert board_table(board, (), {"not": "text"}) == board_table(board, (), "unknown") == whole


def test_files_hold_every_row():
    board = Leaderboard(votes=9, rows=(a_row(), a_row(model="a,b")))

    assert Leaderboard.model_validate_json(as_json(board)) == board
    assert [row["model"] for row in csv.DictReader(io.StringIO(as_csv(board).decode()))] == ["echo", "a,b"]


def test_ones_own_board_says_how_many_votes_are_missing():
    assert own_board(None) == ""
    assert "18 to go" in own_board(OwnBoard(votes=12, needed=30))


def test_ones_own_board_says_how_little_it_knows():
    row = OwnRow(model="<i>", wins=9, losses=6, ties=0, share=0.6, share_low=0.357, share_high=0.802)
    said = own_board(OwnBoard(votes=30, needed=30, rows=(row,)))

    assert "&lt;i&gt;" in said
    assert "36% to 80%" in said
    assert "<i>" not in said
