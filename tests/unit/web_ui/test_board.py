"""The leaderboard as a table."""

from typing import Any

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import PublicModel
from web_ui import texts
from web_ui.board import board_table


def a_row(**changes: Any) -> BoardRow:
    row = {"model": "echo", "status": "rated", "rating": 1012.4, "ci_low": 990.0, "ci_high": 1034.0, "rank": 1}
    return BoardRow.model_validate({**row, "battles": 1234, "wins": 700, "losses": 500, "ties": 34, **changes})


def a_table(*rows: BoardRow, models: tuple[PublicModel, ...] = ()) -> str:
    return board_table(Leaderboard(votes=1234, rows=rows), models)


def test_without_votes_it_says_so():
    assert texts.BOARD_EMPTY in board_table(Leaderboard(), ())


def test_a_rating_has_its_interval():
    table = a_table(a_row())

    assert '<td class="rating">1012</td><td>990 to 1034</td>' in table
    assert "1,234" in table


def test_a_rating_to_be_taken_with_care_says_so():
    assert "only 3 battles so far" in a_table(a_row(reason="only 3 battles so far"))


def test_without_a_rating_the_reason_is_told():
    row = a_row(
        status="provisional", rating=None, ci_low=None, ci_high=None, rank=None, reason="not enough votes yet: x"
    )

    assert "not enough votes yet: x" in a_table(row)
    assert 'class="rating"' not in a_table(row)


def test_a_provisional_number_is_not_shown_as_a_rating():
    assert "1012" not in a_table(a_row(status="provisional"))


def test_organisation_and_demo_come_from_the_list_of_models():
    table = a_table(a_row(), models=(PublicModel(name="echo", organisation="A & B", is_demo=True),))

    assert "A &amp; B" in table
    assert texts.DEMO_SHORT in table


def test_names_cannot_bring_html():
    assert "<script>" not in a_table(a_row(model="<script>"))
