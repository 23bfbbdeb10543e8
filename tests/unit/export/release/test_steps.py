from arena.chat import Ending
from export.release.steps import Dropped, Row, answered, apply, consented, without_models
from tests.facts import a_turn
from tests.unit.export.release.rows import a_row


def test_what_the_visitor_allowed_is_kept():
    row = a_row()

    assert consented(row) is row


def test_what_the_visitor_did_not_allow_is_dropped():
    assert consented(a_row(releasable=False)) == Dropped("no_release_consent")


def test_withheld_models_are_dropped_and_no_others():
    step = without_models(frozenset({"echo"}), "model_withheld")

    row = a_row(model="doctor")

    assert step(a_row()) == Dropped("model_withheld")
    assert step(row) is row


def test_a_conversation_without_an_answer_is_dropped():
    failed = a_turn("c", "consent", ending=Ending.FAILED, answer="Hel")
    still_open = a_turn("c", "consent", position=1)

    assert answered(a_row(turns=(failed, still_open))) == Dropped("no_answer")


def test_failed_and_superseded_answers_are_left_out():
    first = a_turn("c", "consent", ending=Ending.COMPLETED, answer="1")
    again = a_turn("c", "consent", ending=Ending.COMPLETED, answer="2", supersedes=first.id)
    failed = a_turn("c", "consent", ending=Ending.FAILED, position=1)
    stopped = a_turn("c", "consent", ending=Ending.CANCELLED, position=2, answer="3")

    kept = answered(a_row(turns=(first, again, failed, stopped)))

    assert isinstance(kept, Row)
    assert kept.turns == (again, stopped)


def test_the_first_step_that_drops_a_row_gives_the_reason():
    steps = [consented, without_models(frozenset({"echo"}), "model_withheld"), answered]

    assert apply(steps, a_row(releasable=False, turns=())) == Dropped("no_release_consent")
    assert apply(steps, a_row(model="doctor", turns=())) == Dropped("no_answer")
