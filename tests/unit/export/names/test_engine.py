"""The default finders, each with real lists and the real model."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.names.bench.cases import Case, cases, clean
from export.names.bench.measure import measure_names
from export.names.engine import name_engine
from export.names.lists import lists
from export.names.masking import masked
from export.names.span import NameEngine
from export.names.tokens import tokens
from export.names.training.people import half_of


@pytest.fixture(scope="module", params=["recall", "balanced"])
def either(request: pytest.FixtureRequest) -> NameEngine:
    engine = name_engine(request.param)
    assert engine is not None
    return engine


@pytest.fixture(scope="module")
def recall() -> NameEngine:
    engine = name_engine("recall")
    assert engine is not None
    return engine


def found(engine: NameEngine, *texts: str) -> list[str]:
    return [text[each.start : each.end] for text, row in zip(texts, engine.find(texts), strict=True) for each in row]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, my name is Robert Miller and I need help.", "Robert Miller"),
        ("Please ask Mr. Miller about it.", "Miller"),
        ("je m'appelle Nathalie Dubois et j'habite ici", "Nathalie Dubois"),
        ("Xin chào, tôi tên là Nguyễn Văn Hùng.", "Nguyễn Văn Hùng"),
        ("chị Lan ơi, giúp em với", "Lan"),
        ("大家好，我叫王小明，很高兴认识你们。", "王小明"),
        ("田中さんはいますか。", "田中"),
        ("Name: Adrian Rebecca Lopez-Ivanov\nBorn in spring", "Adrian Rebecca Lopez-Ivanov"),
        ("I have to leave now.\n\nBest regards,\nTom Becker\nSales", "Tom Becker"),
        ("See you on Monday.\nThanks,\nMaria", "Maria"),
        ("Hi, I'm Maria and I like it", "Maria"),
        ("I met Edward White and his wife at the market.", "Edward White"),
    ],
)
def test_plain_names_are_found_by_both_settings(either: NameEngine, text: str, name: str):
    assert name in found(either, text)


@pytest.mark.parametrize(
    "text",
    [
        "Name: Victoria Falls\nCountry: two of them",
        "Name: Grilled Chicken Salad\nPrice: 9",
        "Name: Torvik\nType: sofa",
        "Name: Adrian 7\nColour: blue",
        "Thanks,\nThe Team",
        "Best,\nDavid Attenborough Nature Park",
        "Who was the wife of Adam Smith?",
        "Walter Scott wrote Waverley.",
    ],
)
def test_what_stands_where_names_do_and_is_none_is_left_by_balanced(text: str):
    engine = name_engine("balanced")
    assert engine is not None

    assert found(engine, text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is ross burton and i live here", "ross burton"),
        ("Best regards,\nZelmira Okonjo", "Zelmira Okonjo"),
        ("From: Brantley Vosk\nTo: Team", "Brantley Vosk"),
        ("my husband Torvik has a cold", "Torvik"),
        ("меня зовут Фёкла Журавлёва", "Фёкла Журавлёва"),
        ("اسمي محمد حسين", "محمد حسين"),
        ("김민수 씨에게 전해 주세요.", "김민수"),
    ],
)
def test_names_that_no_list_has_are_found_by_recall(recall: NameEngine, text: str, name: str):
    assert name in found(recall, text)


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France? I want to visit Paris and Rome in May.",
        "Compare React with Angular on Azure.",
        "In Norse mythology Thor and Odin live in Asgard.",
        "Harry Potter and Hermione go to Hogwarts. Why does Harry fear Snape?",
        "Write a poem about spring.",
        "```python\nAlice = 'Robert Miller'\n```",
        "see https://example.com/Robert/Miller and NAME_3",
        "",
    ],
)
def test_what_is_no_private_person_is_left(either: NameEngine, text: str):
    assert found(either, text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("James helped. Then he slept.", ["James"]),
        ("Yesterday James called and Mary laughed.", ["James", "Mary"]),
        ("Hi, I'm Zorvan, a nurse from Leeds.", ["Zorvan"]),
        ("Me llamo Olga Oyarce y trabajo en casa.", ["Olga Oyarce"]),
    ],
)
def test_what_stands_beside_a_name_is_left(either: NameEngine, text: str, names: list[str]):
    assert found(either, text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, I'm Zorvan, and I need help.", "Zorvan"),
        ("عزيزي زورفان، شكرا لك", "زورفان"),
        ("שמי זורבן", "זורבן"),
        ("प्रिय ज़ोरवान, कैसे हो", "ज़ोरवान"),
        ("আমার নাম জোরভান", "জোরভান"),
        ("私の名前は佐藤健です。", "佐藤健"),
        ("저는 김민수입니다.", "김민수"),
        ("我的同事李伟和我吵架了。", "李伟"),
    ],
)
def test_who_is_announced_is_found_by_both_settings(either: NameEngine, text: str, name: str):
    assert name in found(either, text)


@pytest.mark.parametrize(
    "text", ["The ttLib module of fontTools", "I am French. I'm Happy to help.", "Is the Tempur better than the Dyson?"]
)
def test_identifiers_and_things_are_left(either: NameEngine, text: str):
    assert found(either, text) == []


def test_public_figures_are_left_by_setting():
    text = "Did Angela Merkel and Barack Obama meet?"
    leaving, taking = name_engine("recall", public_figures=True), name_engine("recall")
    assert leaving is not None
    assert taking is not None

    assert found(leaving, text) == []
    assert found(taking, text) == ["Angela Merkel", "Barack Obama"]


def test_no_setting_is_no_finder():
    assert name_engine("none") is None


def test_a_finder_is_chosen_by_what_can_be_sent_to_a_process():
    arguments = ("balanced", (), True)

    assert pickle.loads(pickle.dumps(arguments)) == arguments


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(alphabet="Aab .\n'-,@_é李さ김ا دЖж\u0301\u200dİß1`Dr", max_size=60), min_size=1, max_size=3))
def test_any_text_is_searched_and_its_names_lie_within_it(texts: list[str]):
    for setting in ("recall", "balanced"):
        engine = name_engine(setting)
        assert engine is not None
        for text, row in zip(texts, engine.find(texts), strict=True):
            assert all(0 <= each.start < each.end <= len(text) for each in row)


def test_masks_keep_every_place():
    text = "`code` a https://x.org/Ann b\n```\nAnn\n```\nc"

    assert len(masked(text)) == len(text)
    assert "Ann" not in masked(text)


def test_tokens_stand_where_they_say():
    text = "L'été d'Anna O'Brien, Jean-Paul's 王小明 हिन्दी 김민수!\n"

    assert all(text[each.start : each.end] == each.text for each in tokens(text))
    assert {"Anna", "O'Brien", "Jean-Paul", "王", "हिन्दी"} <= {each.text for each in tokens(text)}


def test_the_bench_and_the_lists_share_no_name():
    given = {
        name for case in cases("held_out", 3, 2) if case.language in {"en", "de", "ru", "ar"} for name in _names(case)
    }
    known = lists()

    assert all(half_of(word) == "held_out" for word in given)
    assert not [word for word in given if known.known.get(word, 0) & 1 and half_of(word) == "train"]


def test_clean_texts_are_many():
    assert len(clean("held_out")) >= 60


def test_a_measure_without_a_finder_finds_nothing():
    measured = measure_names("none", 1)

    assert (measured.together.any, measured.together.touched) == (0, 0)
    assert measured.languages["zh"].conversations > 0


def _names(case: Case) -> set[str]:
    return {
        word.lower()
        for text, row in zip(case.texts, case.names, strict=True)
        for start, end in row
        for word in text[start:end].split()
    }
