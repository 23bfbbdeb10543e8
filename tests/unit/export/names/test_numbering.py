"""One number a person, in all texts of a bundle."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.names.numbering import numbered
from export.names.span import NameSpan


def spans(texts: Sequence[str], *names: str) -> list[list[NameSpan]]:
    """Find the first place of each name in each text, as a finder that overlooks the rest."""
    return [[NameSpan(at, at + len(name)) for name in names if (at := text.find(name)) >= 0] for text in texts]


def redacted(texts: Sequence[str], *names: str) -> list[str]:
    return numbered(texts, spans(texts, *names))[0]


def test_persons_are_numbered_by_first_appearance_over_all_texts():
    texts = ["Ann Lee met Ross Burton.", "Ross Burton likes Ann Lee."]

    assert redacted(texts, "Ann Lee", "Ross Burton") == ["NAME_1 met NAME_2.", "NAME_2 likes NAME_1."]


@pytest.mark.parametrize(
    "later",
    ["Ross", "Burton", "ross burton", "ROSS", "Ross Burton", "Burton, Ross", "R. Burton"],
)
def test_one_person_has_one_number_however_named_later(later: str):
    made = redacted(["I am Ross Burton.", f"Hello {later}!"], "Ross Burton", later)

    assert set(re.findall(r"NAME_\d+", made[1])) == {"NAME_1"}
    assert "urton" not in made[1].lower()


def test_possessives_and_titles_stay_around_the_mark():
    made = redacted(["Ross Burton left.", "Ross's dog and Mr. Burton’s cat"], "Ross Burton")

    assert made[1] == "NAME_1's dog and Mr. NAME_1’s cat"


def test_relatives_are_two_persons():
    texts = ["Ann Burton and Ross Burton", "Ann asked Ross."]

    assert redacted(texts, "Ann Burton", "Ross Burton")[1] == "NAME_1 asked NAME_2."


def test_names_inside_words_are_left():
    assert redacted(["Ann Lee slept.", "annual leeway, Annex"], "Ann Lee")[1] == "annual leeway, Annex"


def test_a_name_that_is_a_word_is_followed_with_a_capital_only():
    made = redacted(["I met Will Young.", "I will ask Will about young Ann."], "Will Young")

    assert made[1] == "I will ask NAME_1 about young Ann."


def test_a_mark_that_somebody_wrote_keeps_its_number_to_itself():
    made = redacted(["NAME_1 and NAME_2 met Ann Lee and Ross Burton."], "Ann Lee", "Ross Burton")

    assert made == ["NAME_1 and NAME_2 met NAME_3 and NAME_4."]


def test_a_name_known_from_the_talk_is_replaced_in_code_as_well():
    made = redacted(["I am Zelma Okore.", "```\nprint('Zelma Okore')\nzelma_okore = 1\n```"], "Zelma Okore")

    assert made[1] == "```\nprint('NAME_1')\nzelma_okore = 1\n```"


@pytest.mark.parametrize(
    ("text", "name", "later", "left"),
    [
        ("Пришла Мария Петрова.", "Мария Петрова", "Я видел Марию Петрову.", "Я видел NAME_1."),
        ("حضر محمد علي", "محمد علي", "قال لمحمد ومحمد", "قال لNAME_1 وNAME_1"),
        ("李小明说", "李小明", "小明在家", "NAME_1在家"),
        ("Nguyễn Văn An đến.", "Nguyễn Văn An", "nguyễn văn an về.", "NAME_1 về."),
        ("김민수가 왔다", "김민수", "김민수는 갔다", "NAME_1는 갔다"),
    ],
)
def test_persons_are_followed_in_every_script(text: str, name: str, later: str, left: str):
    assert redacted([text, later], name)[1] == left


def test_the_number_of_replacements_is_told():
    assert numbered(["Ann Lee, Ann."], spans(["Ann Lee, Ann."], "Ann Lee"))[1] == 2


@given(st.lists(st.text(alphabet="Aab .\nМм李", max_size=30), min_size=1, max_size=4), st.data())
def test_what_was_found_is_gone_and_all_else_stays(texts: list[str], data: st.DataObject):
    found: list[list[NameSpan]] = []
    for text in texts:
        start = data.draw(st.integers(0, max(0, len(text) - 1)))
        end = data.draw(st.integers(start, len(text)))
        found.append([NameSpan(start, end)] if text[start:end].strip(" .\n") else [])

    made, count = numbered(texts, found)

    assert count >= sum(map(len, found))
    assert sum(len(re.findall(r"NAME_\d+", text)) for text in made) == count
    if not any(found):
        assert made == texts
