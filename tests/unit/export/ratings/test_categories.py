"""What conversations are about."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from arena.errors import SetupError
from export.ratings.boards import DUPLICATES_KEPT, Boards, boards
from export.ratings.categories import NOT_ASKED, Criterion, Name, PromptLabels, Refused, Sorter, checked
from export.ratings.reading import read_votes
from export.ratings.recipe import Interval, Recipe
from export.ratings.rules import LONG_PROMPT_CHARACTERS
from export.ratings.said import Said
from export.ratings.sorting import Sorting

BY_RULES = tuple(name for name in Name if name not in {Name.NO_REFUSAL, Name.NO_TIES, Name.NO_DUPLICATES})[:6]
GERMAN = "Kannst du mir bitte etwas über die Geschichte dieser Stadt erzählen?"
ENGLISH = "Could you tell me something about the history of this town?"


def _of(*prompts: str) -> set[str]:
    return set(Sorter(BY_RULES).sort([Said(prompts)])[0])


@pytest.mark.parametrize(
    ("prompts", "found"),
    [
        (["What is wrong here? def f(x): return x + 1"], {"code"}),
        (["Please write a Python script that renames my files"], {"code"}),
        (["SELECT name FROM users is slow, why?"], {"code"}),
        (["Explain $a^2 + b^2 = c^2$ to a child"], {"maths"}),
        (["What is 17 * 23?"], {"maths"}),
        (["How many apples are left of 12 after 5 were eaten?"], {"maths"}),
        (["Please import some culture into my class, and let me return to the function of art"], set[str]()),
        (["Hello, how are you today?", "And how was yesterday?"], {"multi_turn"}),
        (["Please sum this up for me. " + "word " * (LONG_PROMPT_CHARACTERS // 5)], {"long_prompt"}),
    ],
)
def test_rules_tell_what_a_visitor_asks_for(prompts: list[str], found: set[str]):
    assert _of(*prompts) - {"english"} == found


@pytest.mark.parametrize(
    ("prompt", "found"), [(ENGLISH, {"english"}), (GERMAN, {"not_english"}), ("1 2 3", set[str]())]
)
def test_what_no_rule_can_tell_is_in_neither_language_category(prompt: str, found: set[str]):
    assert _of(prompt) == found


@pytest.mark.parametrize(
    ("answer", "is_kept"),
    [
        ("I'm sorry, but I cannot help with that.", False),
        ("As an AI language model, I can't do this.", False),
        ("Ich kann dir dabei leider nicht helfen.", False),
        ("I WON'T PROVIDE THAT.", False),
        ("That is against my guidelines.", False),
        ("I must decline.", False),
        ("Je suis désolé, je ne peux pas vous aider.", False),
        ("Lo siento, pero no puedo.", False),
        ("Desculpe, não posso.", False),
        ("Мне очень жаль, но я не могу.", False),
        ("很抱歉，我无法回答。", False),
        ("申し訳ありませんが、お答えできません。", False),
        ("Sure! You can help by being kind. I cannot stress this enough.", True),
        ("Here is the story. " * 30 + "I'm sorry, but I cannot go on.", True),
    ],
)
def test_battles_with_a_refusal_are_left_out_of_the_category_without(answer: str, is_kept: bool):
    for said in (Said(("Hi",), (answer,), ("Fine.",)), Said(("Hi",), ("Fine.",), (answer,))):
        assert Sorter((Name.NO_REFUSAL,)).sort([said]) == [(Name.NO_REFUSAL,) if is_kept else ()]


class MadeLabels:
    """Labels of prompts, by the prompt."""

    source = "a model, question 1"
    has_refusals = False
    told: Refused = NOT_ASKED

    def __init__(self, **labels: PromptLabels) -> None:
        self._labels = labels

    def refused(self, battles: Sequence[Said]) -> list[Refused]:
        return [self.told] * len(battles)

    def find(self, battles: Sequence[Said]) -> list[PromptLabels | None]:
        return [self._labels.get(said.asked) for said in battles]


@pytest.mark.parametrize(
    ("told", "is_kept"),
    [
        ((None, None), False),
        ((True, False), False),
        ((False, False), True),
        ((None, False), False),
        ((False, None), True),
    ],
)
def test_whether_a_side_refuses_its_label_says_and_where_there_is_none_the_rule(told: Refused, is_kept: bool):
    labels = MadeLabels()
    labels.has_refusals, labels.told = True, told
    sorter = Sorter((Name.NO_REFUSAL,), labels)

    said = Said(("Hi",), ("I cannot help with that.",), ("Here it is.",))
    assert bool(sorter.sort([said])[0]) == is_kept
    assert sorter.by(Name.NO_REFUSAL) == "labels of a model, question 1, else rules 3"


SIX = frozenset(Criterion) - {Criterion.CREATIVITY}


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (PromptLabels(SIX), {"hard_prompt"}),
        (PromptLabels(SIX - {Criterion.COMPLEXITY}, maths=True), {"maths"}),
        (PromptLabels(creative_writing=True, instruction_following=3), {"creative_writing"}),
        (PromptLabels(instruction_following=4), {"instruction_following"}),
    ],
)
def test_labels_tell_what_no_rule_can(labels: PromptLabels, found: set[str]):
    names = (Name.HARD_PROMPT, Name.MATHS, Name.CREATIVE_WRITING, Name.INSTRUCTION_FOLLOWING)
    sorter = Sorter(names, MadeLabels(known=labels))

    assert [set(each) for each in sorter.sort([Said(("known",)), Said(("2 + 2 = 4",))])] == [found, set()]
    assert sorter.by(Name.MATHS) == "labels of a model, question 1"


def test_a_category_that_needs_labels_is_refused_without_them():
    with pytest.raises(SetupError, match="arena ratings label"):
        Sorter((Name.HARD_PROMPT,))


@pytest.mark.parametrize("name", ["poems", "language=Klingonese", "language="])
def test_a_category_that_is_none_is_refused(name: str):
    with pytest.raises(SetupError, match="--category"):
        checked(name)


def _file(folder: Path, *battles: tuple[str, str, str], form: str = "plain", **columns: list[Any]) -> Path:
    """Votes as (prompt, answer, winner), in one of the published forms."""

    def content(text: str) -> Any:
        return text if form == "plain" else [{"type": "text", "text": text}]

    rows = [
        {
            "model_a": "a",
            "model_b": "b",
            "winner": winner,
            "conversation_a": [
                {"role": "user", "content": content(prompt)},
                {"role": "assistant", "content": content(answer)},
            ],
        }
        for prompt, answer, winner in battles
    ]
    table = pa.Table.from_pylist(rows)
    for name, column in columns.items():
        table = table.append_column(name, pa.array(column))
    parquet.write_table(table, folder / f"{form}.parquet")
    return folder / f"{form}.parquet"


def _boards(file: Path, *names: str, recipe: Recipe | None = None) -> Boards:
    sorter = Sorter(names)
    return boards(read_votes([file], sorting=Sorting(sorter)), recipe or Recipe(), sorter)


@pytest.mark.parametrize("form", ["plain", "parts"])
def test_each_category_is_a_board_of_its_own_in_both_published_forms(form: str, tmp_path: Path):
    code, other = "```print(1)```", "Tell me a story, please"
    file = _file(tmp_path, (code, "1", "model_a"), (other, code, "tie"), (other, "2", "model_b"), form=form)
    found = _boards(file, "code", "no_ties", "maths")

    assert found.overall.counts.total == 3
    assert {name: report.counts.total for name, report in found.categories.items()} == {
        "code": 1,
        "no_ties": 2,
        "maths": 0,
    }
    assert found.categories["code"].table.left_out == {"not_in_category": 2}
    assert found.categories["code"].recipe.filters == ("category=code (rules 3)",)


def test_every_language_that_occurs_can_have_its_board(tmp_path: Path):
    file = _file(tmp_path, (GERMAN, "Ja", "model_a"), (ENGLISH, "Yes", "model_b"), (GERMAN, "Ja", "tie"))
    found = _boards(file, "language", "language=English", "language=French")

    assert {name: report.counts.total for name, report in found.categories.items()} == {
        "language=English": 1,
        "language=German": 2,
        "language=French": 0,
    }


def test_a_file_may_tell_languages_by_their_codes(tmp_path: Path):
    codes = ["en", "de", "und", "German", "zh-Hant", "qaa"]
    lines = [f"a,b,{'model_a' if at % 2 else 'model_b'},{code}" for at, code in enumerate(codes)]
    (tmp_path / "votes.csv").write_text("\n".join(["model_a,model_b,winner,language", *lines]))
    found = _boards(tmp_path / "votes.csv", "language", "english", "language=German").categories

    many = {name: report.counts.total for name, report in found.items()}
    assert many == {
        "english": 1,
        "language=English": 1,
        "language=German": 2,
        "language=unknown": 1,
        "language=Chinese": 1,
        "language=qaa": 1,
    }


def test_the_language_that_a_file_tells_itself_is_believed(tmp_path: Path):
    file = _file(tmp_path, (ENGLISH, "Yes", "model_b"), (ENGLISH, "Yes", "tie"), language=["German", None])

    assert _boards(file, "language=German").categories["language=German"].counts.total == 1
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner,language\na,b,tie,German\na,b,tie,English\n")
    assert _boards(tmp_path / "votes.csv", "not_english").categories["not_english"].counts.total == 1


def test_of_the_same_prompt_only_the_first_votes_are_in_the_category_without_duplicates(tmp_path: Path):
    said = [("Tell me a  story", "1", "tie"), ("tell me a story", "2", "tie")] * DUPLICATES_KEPT
    found = _boards(_file(tmp_path, *said, ("Another", "3", "tie")), "no_duplicates")

    assert found.categories["no_duplicates"].counts.total == DUPLICATES_KEPT + 1


def test_categories_change_nothing_about_the_overall_board(tmp_path: Path):
    file = _file(tmp_path, (GERMAN, "Ja", "model_a"), (GERMAN, "Yes", "model_b"), (ENGLISH, "Yes", "model_b"))
    alone, beside = _boards(file).overall, _boards(file, "no_duplicates", "language", "no_refusal").overall

    assert alone.ratings.standings == beside.ratings.standings
    assert (alone.table.digest, alone.recipe) == (beside.table.digest, beside.recipe)


def test_a_category_that_cannot_be_rated_as_asked_says_why(tmp_path: Path):
    said = [
        (ENGLISH, "Yes", "model_a"),
        (ENGLISH, "Yes", "model_b"),
        (GERMAN, "Ja", "model_a"),
        (GERMAN, "", "model_b"),
    ]
    file = _file(tmp_path, *said, judge=["one", "two", "one", "one"])
    found = _boards(file, "language=German", recipe=Recipe(ci=Interval.CLUSTERED))

    assert "two voters" in found.problems["language=German"]


def test_a_category_in_which_the_anchor_has_no_rating_is_not_anchored(tmp_path: Path):
    said = [(ENGLISH, "Yes", "model_a"), (ENGLISH, "Yes", "model_b"), (GERMAN, "Ja", "model_a")]
    found = _boards(_file(tmp_path, *said), "language=German", recipe=Recipe(anchor=("a", 1114)))

    assert found.overall.ratings.standings[0].rating == pytest.approx(1114)
    assert found.categories["language=German"].recipe.anchor is None
