from hypothesis import given
from hypothesis import strategies as st

from logging_store.columns import storable

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


def test_ordinary_text_is_stored_as_it_is():
    said = "Grüße, 你好, 👋🏽\t\r\n\x1b[0m\u202e"

    assert storable(said) == said


def test_a_nul_becomes_the_replacement_character():
    assert storable("a\x00b") == "a\ufffdb"


def test_a_lone_surrogate_becomes_the_replacement_character():
    assert storable("a\ud83db") == "a\ufffdb"


def test_two_surrogates_that_belong_together_become_their_character():
    assert storable("\ud83d\udc4b") == "👋"


@given(ANY_TEXT)
def test_whatever_was_said_can_be_encoded_and_holds_no_nul(said: str):
    stored = storable(said)

    assert b"\x00" not in stored.encode()
    assert storable(stored) == stored
