from arena.chat import Ending
from logging_store.facts import standing
from tests.facts import a_turn


def test_only_the_last_of_regenerated_turns_stands():
    first = a_turn("c", "consent", position=0)
    second = a_turn("c", "consent", position=1)
    again = a_turn("c", "consent", position=0, supersedes=first.id)

    assert standing((first, again, second)) == (again, second)


def test_a_stopped_answer_counts_when_something_was_said():
    assert a_turn("c", "consent", ending=Ending.CANCELLED, answer="It").is_answered
    assert not a_turn("c", "consent", ending=Ending.CANCELLED).is_answered


def test_a_lost_answer_never_counts():
    assert not a_turn("c", "consent", ending=Ending.LOST, answer="It").is_answered
