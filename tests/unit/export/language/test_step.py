import pytest

from export.language.step import language_step
from export.release.steps import Row
from tests.unit.export.release.rows import a_row

FENCED = "Bitte erkläre mir, was das hier macht:\n```\nthis function returns the number of items in the list\n```"


@pytest.mark.parametrize("compat", [False, True])
def test_a_row_is_named_after_the_language_of_its_first_message(compat: bool):
    named = language_step(compat)(a_row(texts=("Warum ist der Himmel blau, kannst du mir das erklären?", "Because.")))

    assert isinstance(named, Row)
    assert named.language == "German"


def test_fastchats_rule_is_used_where_it_is_asked_for():
    named = [language_step(compat)(a_row(texts=(FENCED, "Es zählt."))) for compat in (False, True)]

    assert [row.language == "German" for row in named if isinstance(row, Row)] == [True, False]


def test_no_message_has_no_language():
    named = language_step(compat=False)(a_row(texts=()))

    assert isinstance(named, Row)
    assert named.language == "unknown"
