"""How evidence is weighed: what is known of a word, and of the conversation it stands in."""

from pathlib import Path

import pytest

from export.names import likeness, recall
from export.names.judge import Candidate, Judge, Weighing, bucket, context, log_odds, probability, read, write
from export.names.lists import Is, lists, lists_without
from export.names.recall import Recall
from export.names.sections import read as read_sections
from export.names.training.judging import Lesson, learnt, seen
from export.names.training.material import carriers, clean_messages, is_set_aside, set_aside
from export.names.training.pack import MORE, packed


@pytest.fixture(scope="module")
def engine() -> Recall:
    return Recall(lists())


def a_candidate(low: str = "zorvan", index: int = 0, first: float = 0.0, is_marked: bool = False) -> Candidate:
    return Candidate(0, index, low, 1.0, ["all"], ["run1"], "plain", is_marked, first)


def test_a_weight_counts_by_itself_with_its_group_and_with_what_the_model_says():
    first = Weighing({"all": (1.0, 0.5), "run1": (0.25, 0.0), "run1 plain": (0.5, 0.0), "run1 name": (9.0, 9.0)})
    second = Weighing({"all": (0.5, 0.25), "count0": (1.0, 0.0), "count0 plain": (0.25, 0.5), "count1": (9.0, 9.0)})
    candidate = a_candidate()

    judged = Judge(first, second).judged([candidate])

    assert candidate.first == 1.0 + 0.25 + 0.5 + 0.5 * 1.0
    assert judged == [probability(0.5 + 1.0 + 0.25 + (0.25 + 0.5) * 1.0)]


def test_weights_survive_a_file(tmp_path: Path):
    judge = Judge(Weighing({"all": (1.5, -0.25), "<| plain": (0.0, 0.0)}), Weighing({"near6 name": (2.0, 0.0)}))
    write(judge, tmp_path / "judge.xz")

    again = read(tmp_path / "judge.xz")

    assert again.first.weights == {"all": (1.5, -0.25)}
    assert again.second.weights == {"near6 name": (2.0, 0.0)}


def test_other_names_the_same_word_and_neighbours_are_told_apart():
    found = context(
        [
            a_candidate("ann", 0, 5.0),
            a_candidate("lee", 1, -5.0),
            a_candidate("lee", 9, -2.0),
            a_candidate("bo", 20, -6.0),
        ]
    )

    assert found[1] == ["other0", "count1", f"same{bucket(-2.0)}", f"near{bucket(5.0)}"]
    assert found[2] == [f"other{bucket(5.0)}", "count1", "same0", "near"]


def test_what_a_rule_says_is_a_name_is_sure_for_the_others():
    assert context([a_candidate("ann", 0, -5.0, is_marked=True), a_candidate("bo", 9)])[1][0] == f"other{bucket(6.0)}"


def test_shares_become_log_odds_within_limits():
    assert [log_odds(share) for share in (0.0, 0.5, 1.0)] == [-6.5, 0.0, 6.5]


def test_the_same_lessons_teach_the_same(engine: Recall):
    lessons = [
        Lesson("a", "en", ("I met Zorvan Keller.",), (((6, 19),),)),
        Lesson("b", "en", ("Compare Kafka with Quarkus Flow.",), ((),)),
    ] * 12
    first, again = (learnt([seen(engine, each) for each in lessons]) for _ in range(2))

    assert first.second.weights == again.second.weights
    assert len(first.second.weights) > len(first.first.weights)


def test_letters_of_names_are_told_from_letters_of_things():
    known = likeness.read()
    people, things = ("eftimie", "kowalewska", "martinsson"), ("ibuprofen", "middleware", "quesadilla")

    assert min(map(known.level, people)) > max(map(known.level, things))


def test_what_is_set_aside_is_not_what_the_model_learns_from():
    learnt_from = {line for key, lines in carriers().items() if key.endswith((" whole", " none")) for line in lines}
    aside = {line for _, line in set_aside()}

    assert aside
    assert not aside & learnt_from
    assert {is_set_aside(text) for _, text in clean_messages()} == {True, False}


def test_the_packed_things_are_those_in_the_files():
    assert read_sections(MORE, comma=True) == {name: sorted(each) for name, each in packed().items() if each}


def test_lists_without_a_half_know_less_and_names_as_before():
    def vetoed(half: int | None) -> set[str]:
        known = lists() if half is None else lists_without(half)
        return {word for word, what in known.known.items() if what & Is.VETO}

    assert vetoed(0) | vetoed(1) == vetoed(None)
    assert len(vetoed(0)) < 0.8 * len(vetoed(None))


def test_what_another_conversation_said_of_the_same_text_changes_nothing(engine: Recall):
    texts = ["Harry Potter met Torvald Brekkhus.", "Potter slept. Torvald Brekkhus rowed. The potter slept."]
    alone = Recall(lists()).find(texts[1:])

    together = engine.find(texts)

    assert engine.find(texts[1:]) == alone
    assert engine.find(texts) == together


@pytest.mark.parametrize(
    ("text", "tongue"),
    [
        ("My brother helped me with the kitchen yesterday.", "tongueen"),
        ("Mein Bruder hat mir gestern in der Küche geholfen.", "tongueother"),
        ("明日の会議は三時からです。", "tongue?"),
    ],
)
def test_the_language_of_a_conversation_is_evidence(engine: Recall, text: str, tongue: str):
    _, around = engine.looked_at([text])

    assert [fact for fact in around.facts if fact.startswith("tongue")] == [tongue]


@pytest.mark.parametrize("text", ["James helped. Then he slept.", "James called yesterday."])
def test_a_given_name_that_everybody_knows_needs_less(engine: Recall, monkeypatch: pytest.MonkeyPatch, text: str):
    assert [text[each.start : each.end] for each in engine.find([text])[0]] == ["James"]

    monkeypatch.setattr(recall, "NEEDED_OF_KNOWN", recall.NEEDED)

    assert engine.find([text]) == [[]]
