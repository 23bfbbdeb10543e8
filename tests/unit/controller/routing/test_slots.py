from hypothesis import given
from hypothesis import strategies as st

from controller.routing.slots import FIRST_STEP, LONGEST_STEP, Belief

NEWS = st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.floats(0, 30)), max_size=60)


def test_a_worker_that_lies_about_its_slots_is_believed_until_it_says_busy():
    belief = Belief()
    assert belief.slots(1000, 0.0) == 1000

    belief.refused(8, 1000, 0.0)
    assert belief.slots(1000, 0.0) == 8


def test_what_is_believed_rises_by_one_a_step_and_the_steps_grow_with_each_refusal():
    belief = Belief()
    belief.refused(8, 1000, 0.0)
    assert belief.slots(1000, FIRST_STEP) == 9

    belief.refused(8, 1000, FIRST_STEP)
    assert belief.slots(1000, 2 * FIRST_STEP) == 8
    assert belief.slots(1000, 3 * FIRST_STEP) == 9


def test_a_request_that_was_taken_beyond_it_is_learned_from():
    belief = Belief()
    belief.refused(1, 3, 0.0)
    belief.refused(1, 3, 5.0)
    belief.accepted(2, 3, 7.0)
    assert (belief.slots(3, 7.0), belief.step) == (2, FIRST_STEP)

    belief.accepted(3, 3, 8.0)
    assert belief.learned is None


def test_a_worker_that_is_full_of_others_is_asked_again_soon():
    belief = Belief()
    belief.refused(0, 4, 10.0)
    assert belief.slots(4, 10.0) == 0
    assert belief.next_at(4, 10.0) == 10.0 + FIRST_STEP
    assert belief.slots(4, 10.0 + FIRST_STEP) == 1


@given(NEWS, st.integers(1, 20))
def test_it_stays_between_nothing_and_what_is_said_and_always_recovers(news: list[tuple[bool, int, float]], said: int):
    belief, now = Belief(), 0.0
    for is_refused, running, seconds in news:
        now += seconds
        (belief.refused if is_refused else belief.accepted)(running, said, now)
        assert 0 <= belief.slots(said, now) <= said
        assert belief.step <= LONGEST_STEP
        when = belief.next_at(said, now)
        assert (when is None) == (belief.slots(said, now) == said)
        if when is not None:
            assert now - 1e-6 < when <= now + belief.step + 1e-6
            assert belief.slots(said, when + 1e-6) > belief.slots(said, now)
    assert belief.slots(said, now + (said + 1) * LONGEST_STEP) == said
