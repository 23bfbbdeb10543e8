"""What is left out at first sight holds no name."""

import random
from collections.abc import Sequence

import pytest

from export.names.balanced import Balanced
from export.names.bench.cases import cases, clean
from export.names.lists import lists
from export.names.places import FirstLook, Seen
from export.names.tokens import tokens, tokens_around


@pytest.fixture(scope="module")
def texts() -> Sequence[str]:
    """Texts of many languages, some alone, some joined."""
    chance = random.Random(3)
    short = [text for case in cases("development", 2, 1) for text in case.texts]
    short += [text for _, text in clean("development")]
    return short + [chance.choice([" ", "\n", "。"]).join(chance.sample(short, 6)) for _ in range(300)]


def test_a_first_look_misses_nothing_that_a_look_at_all_words_finds(
    texts: Sequence[str], monkeypatch: pytest.MonkeyPatch
):
    found = Balanced(lists()).find(texts)

    def everywhere_in(_look: FirstLook, text: str) -> Seen:
        return Seen(list(range(len(text))), [], has_public=True)

    monkeypatch.setattr(FirstLook, "look", everywhere_in)
    everywhere = Balanced(lists()).find(texts)
    assert found == everywhere
    assert sum(map(len, found)) > 400


def test_most_plain_texts_are_looked_at_nowhere():
    look = FirstLook(lists())
    for text in ("In Python 3.11 the function returns a list, and Versailles is near Paris. 日本の四季について", ""):
        assert look.look(text) == Seen([], [], has_public=False)


def test_a_famous_name_is_looked_at_wherever_another_is():
    engine = Balanced(lists())
    far = " and so on" * 40
    text = f"Hermione Granger reads.{far}. My friend Granger met Ann Lee."
    assert [text[each.start : each.end] for each in engine.find([text])[0]] == ["Ann Lee"]


@pytest.mark.parametrize("place", [0, 13, 210, 360])
def test_words_around_a_place_are_those_of_the_whole_text(place: int):
    text = "Ann, 王小明 und Jean-Luc's Haus! " * 13
    whole = tokens(text)
    around = tokens_around(text, [place])
    assert set(around) - set(whole) <= {around[0]}
    assert all(each in around for each in whole if abs(each.start - place) < 20)
    assert len(around) < len(whole)


def test_around_a_sign_only_those_are_taken_that_may_be_a_name_with_it():
    text = "他说" * 20 + "王小明" + "来了" * 20
    assert [word.text for word in tokens_around(text, [40])] == [".", *"王小明来了来"]


def test_a_row_of_capitals_is_taken_whole():
    text = "x " * 30 + "Ann Bea Cleo Dora Ella Fina Gerda Hedda " + "x " * 60
    words = [word.text for word in tokens_around(text, [60])]
    assert words[-1] == "x"
    assert words[words.index("Ann") :][:8] == ["Ann", "Bea", "Cleo", "Dora", "Ella", "Fina", "Gerda", "Hedda"]


def test_words_that_are_left_out_are_a_full_stop():
    text = "Ann " + "x " * 200 + "Bob"
    words = [word.text for word in tokens_around(text, [0, len(text) - 3])]
    assert words.count(".") == 1
    assert (words[0], words[-1]) == ("Ann", "Bob")
