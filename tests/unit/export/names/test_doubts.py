"""What speaks against a listed name: a thing is called so, or it is a word there."""

from collections.abc import Sequence

import pytest

from export.names import sections
from export.names.balanced import Balanced
from export.names.doubts import DOUBTS, is_never, of_things
from export.names.lists import Is, lists


@pytest.fixture(scope="module")
def engine() -> Balanced:
    return Balanced(lists())


def found(engine: Balanced, text: str) -> Sequence[str]:
    return [text[each.start : each.end] for each in engine.find([text])[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Admissions Office,\n\nI would like to apply.",
        "Уважаемая Приёмная Комиссия! Прошу сообщить сроки.",
        "Kære Borgerservice, jeg har et spørgsmål.",
        "I signed with Thomas Keller Logistics GmbH last week.",
        "We slept at Hotel Helena and in Villa Anna.",
        "The backup stays on the server called Duncan until June.",
        "Open the model “Justine” in the shop.",
        "Ingredients: Basil, Rosemary, Sage, Ginger Root, Saffron and Bay Leaf.",
        "La fiesta de San Andrés fue ayer.",
        "Çiçekler: Gül, Lale, Menekşe. Deniz bugün dalgalı.",
        "ما معنى كلمة كريم في المعجم؟",
        "אביב הגיע ואיתו שקד פורח.",
        "Huyện đảo Phú Quý, Lý Sơn, Cát Hải, Kiên Hải.",
        "次は整備士さん向けの仕様書です。",
    ],
)
def test_what_a_thing_is_called_is_no_person(engine: Balanced, text: str):
    assert found(engine, text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hi Rosemary, thanks for the basil.", ["Rosemary"]),
        ("Anna Park lives near the hotel.", ["Anna Park"]),
        ('{"name": "Thomas", "age": 4}', ["Thomas"]),
        ("Present: Thomas, Karen, Daniel, Robert.", ["Thomas", "Karen", "Daniel", "Robert"]),
        ("قالت سارة إن الاجتماع غدا.", ["سارة"]),
        ("Chào chị Lan, em gửi báo giá.", ["Lan"]),
        ("Chủ trì: Ông Khuất Duy Bằng", ["Khuất Duy Bằng"]),
        ("田中様へ", ["田中"]),
    ],
)
def test_who_is_announced_or_named_in_full_is_found_nevertheless(engine: Balanced, text: str, names: list[str]):
    assert found(engine, text) == names


def test_the_words_that_speak_against_names_are_listed_once():
    written = sections.read(DOUBTS)

    assert {name: len(words) for name, words in written.items()} == {
        name: len(set(words)) for name, words in written.items()
    }
    assert all(word == word.lower() for words in written.values() for word in words)


def test_what_is_doubted_by_itself_is_on_a_list_of_names():
    known = lists().known

    assert is_never("एक")
    assert not is_never("anna")
    assert "hotel" in of_things()
    assert not [word for word in of_things() if known.get(word, 0) & Is.GIVEN and len(word) > 9]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Signed by K. P. Thomas and for Mr. A.B. Keller.", ["K. P. Thomas", "A.B. Keller"]),
        ("I met Thomas B. Keller in the hall.", ["Thomas B. Keller"]),
        ("Then came Robert A. It was late.", ["Robert A."]),
        ("A. Thomas Miller\nB. Karen Keller", ["Thomas Miller", "Karen Keller"]),
    ],
)
def test_initials_belong_to_the_name_unless_they_number_a_line(engine: Balanced, text: str, names: list[str]):
    assert found(engine, text) == names
