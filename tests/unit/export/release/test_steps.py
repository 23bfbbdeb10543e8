from arena.chat import Ending
from export.release.steps import Dropped, Row, answered, apply, begin, without_models
from logging_store.facts import ConversationRecord, Withheld
from logging_store.withholding import Withholding
from tests.facts import a_conversation
from tests.unit.export.release.rows import a_row, a_said_turn


def test_a_conversation_is_taken_as_it_was_read():
    record = ConversationRecord(a_conversation("s", id="c"), (a_said_turn(),), "a", "2026Q4")

    row = begin(record)

    assert row == Row(record, record.turns)
    assert isinstance(row, Row)
    assert (row.ledger_id, row.model, row.visitor) == ("c", "echo", ("2026Q4", "a"))


def test_what_may_not_be_released_is_dropped_for_the_ledgers_reason():
    assert begin(Withheld("c", Withholding.MINOR)) == Dropped("c", "minor")


def test_withheld_models_are_dropped_and_no_others():
    step = without_models(frozenset({"echo"}), "model_withheld")

    row = a_row(model="doctor")

    assert step(a_row()) == Dropped("c", "model_withheld")
    assert step(row) is row


def test_a_conversation_without_an_answer_is_dropped():
    failed = a_said_turn(ending=Ending.FAILED, answer="Hel")
    still_open = a_said_turn(ending=None, finished_at=None, answer="", position=1)

    assert answered(a_row(turns=(failed, still_open))) == Dropped("c", "no_answer")


def test_failed_and_superseded_answers_are_left_out():
    first = a_said_turn(answer="1")
    again = a_said_turn(answer="2", supersedes=first.id)
    failed = a_said_turn(ending=Ending.FAILED, position=1)
    stopped = a_said_turn(ending=Ending.CANCELLED, position=2, answer="3")

    kept = answered(a_row(turns=(first, again, failed, stopped)))

    assert isinstance(kept, Row)
    assert kept.turns == (again, stopped)
    assert kept.texts == ("Hello?", "2", "Hello?", "3")


def test_the_first_step_that_drops_a_row_gives_the_reason():
    steps = [without_models(frozenset({"echo"}), "model_withheld"), answered]

    assert apply(steps, Dropped("c", "minor")) == Dropped("c", "minor")
    assert apply(steps, a_row(turns=())) == Dropped("c", "model_withheld")
    assert apply(steps, a_row(model="doctor", turns=())) == Dropped("c", "no_answer")
