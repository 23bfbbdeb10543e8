from hypothesis import given
from hypothesis import strategies as st

from controller.routing.demand import Priority
from controller.routing.line import LATER, Line, wait_seconds

ARRIVALS = st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 100)), max_size=40)
WORST = max(LATER.values())


def queue(arrivals: list[tuple[Priority, float]]) -> Line[tuple[Priority, float]]:
    line: Line[tuple[Priority, float]] = Line()
    for priority, since in sorted(arrivals, key=lambda each: each[1]):
        line.join((priority, since), priority, since)
    return line


@given(ARRIVALS)
def test_inside_a_class_who_came_first_is_served_first(arrivals: list[tuple[Priority, float]]):
    for wanted in Priority:
        times = [since for priority, since in (place.waiting for place in queue(arrivals)) if priority is wanted]
        assert times == sorted(times)


@given(ARRIVALS)
def test_a_better_class_goes_first_among_those_who_came_together(arrivals: list[tuple[Priority, float]]):
    together = [(priority, 0.0) for priority, _ in arrivals]
    served = [priority for priority, _ in (place.waiting for place in queue(together))]
    assert served == sorted(served)


@given(ARRIVALS)
def test_nobody_is_overtaken_by_who_came_much_later(arrivals: list[tuple[Priority, float]]):
    """No starvation: after the longest head start has passed, no newcomer of any class goes before."""
    served = [place.waiting for place in queue(arrivals)]
    for at, (_, since) in enumerate(served):
        assert all(earlier <= since + WORST for _, earlier in served[:at])


def test_a_batch_request_is_served_while_visitors_keep_coming():
    line: Line[str] = Line()
    line.join("batch", Priority.BATCH, 0.0)
    served: list[str] = []
    for second in range(100):
        line.join("visitor", Priority.VISITOR, float(second))
        served.append(line.places[0].waiting)
        line.leave(line.places[0])
    assert served.index("batch") <= WORST + 1


@given(ARRIVALS, st.data())
def test_who_leaves_leaves_nothing_behind_and_moves_the_others_up(
    arrivals: list[tuple[Priority, float]], data: st.DataObject
):
    line = queue(arrivals)
    before = [place.waiting for place in line]
    if not before:
        return
    at = data.draw(st.integers(0, len(before) - 1))
    place = line.places[at]

    assert line.leave(place)
    assert not line.leave(place)
    assert [each.waiting for each in line] == before[:at] + before[at + 1 :]


def test_the_wait_is_the_answers_that_have_to_end_before_it():
    assert wait_seconds(1, 4, 8.0) == 2.0
    assert wait_seconds(8, 4, 8.0) == 16.0
    assert wait_seconds(1, 4, None) is None
    assert wait_seconds(1, 0, 8.0) is None
