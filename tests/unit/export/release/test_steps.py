from arena.chat import Ending
from export.release.steps import Dropped, Row, answered, apply, begin, without_models
from logging_store.facts import ConversationRecord, Withheld
from logging_store.withholding import Withholding
from tests.facts import a_conversation
from tests.unit.export.release.rows import a_row, a_said_turn


def test_a_conversation_is_taken_as_it_was_read():
    turns = (a_said_turn(),)

    row = begin(ConversationRecord(a_conversation("s", id="c"), turns, "a", "2026Q4"))

    assert row == Row("c", "echo", ("2026Q4", "a"), turns)


def test_what_may_not_be_released_is_dropped_for_the_ledgers_reason():
    assert begin(Withheld("c", Withholding.MINOR)) == Dropped("minor")


def test_withheld_models_are_dropped_and_no_others():
    step = without_models(frozenset({"echo"}), "model_withheld")

    row = a_row(model="doctor")

    assert step(a_row()) == Dropped("model_withheld")
    assert step(row) is row


def test_a_conversation_without_an_answer_is_dropped():
    failed = a_said_turn(ending=Ending.FAILED, answer="Hel")
    still_open = a_said_turn(ending=None, finished_at=None, answer="", position=1)

    assert answered(a_row(turns=(failed, still_open))) == Dropped("no_answer")


def test_failed_and_superseded_answers_are_left_out():
    first = a_said_turn(answer="1")
    again = a_said_turn(answer="2", supersedes=first.id)
    failed = a_said_turn(ending=Ending.FAILED, position=1)
    stopped = a_said_turn(ending=Ending.CANCELLED, position=2, answer="3")

    kept = answered(a_row(turns=(first, again, failed, stopped)))

    assert isinstance(kept, Row)
    assert kept.turns == (again, stopped)


def test_the_first_step_that_drops_a_row_gives_the_reason():
    steps = [without_models(frozenset({"echo"}), "model_withheld"), answered]

    assert apply(steps, Dropped("minor")) == Dropped("minor")
    assert apply(steps, a_row(turns=())) == Dropped("model_withheld")
    assert apply(steps, a_row(model="doctor", turns=())) == Dropped("no_answer")
