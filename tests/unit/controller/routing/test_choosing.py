from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.routing.choosing import ALWAYS, BOUND, Candidate, bound, choose, delay, rendezvous, usual_seconds
from controller.routing.speed import HALF_LIFE, Mean, Speed, expected

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.text("abcdef", min_size=1, max_size=4),
        outstanding=st.integers(0, 50),
        slots=st.integers(0, 50),
        is_free=st.booleans(),
        seconds=st.none() | st.floats(0, 100),
        age=st.floats(0, 1000),
        leased_last=st.floats(0, 1000),
    ),
    unique_by=lambda each: each.id,
    max_size=8,
)
PREFIXES = st.text(max_size=5)


def a_candidate(id: str = "one", **given: object) -> Candidate:  # noqa: A002
    return replace(Candidate(id, outstanding=0, slots=8, is_free=True), **given)


@given(CANDIDATES, PREFIXES, PREFIXES | st.none())
def test_somebody_free_is_chosen_whenever_somebody_is(candidates: list[Candidate], prefix: str, before: str | None):
    chosen = choose(candidates, prefix, before)

    assert (chosen is None) == (not any(each.is_free for each in candidates))
    assert chosen is None or chosen.is_free


@given(CANDIDATES)
def test_without_affinity_the_one_with_the_shortest_expected_delay_is_chosen(candidates: list[Candidate]):
    chosen = choose(candidates, "", None)
    usual = usual_seconds(candidates)

    assert chosen is None or delay(chosen, usual) == min(delay(each, usual) for each in candidates if each.is_free)


@given(CANDIDATES, PREFIXES, PREFIXES | st.none())
def test_affinity_never_brings_a_worker_more_than_its_bounded_share(
    candidates: list[Candidate], prefix: str, before: str | None
):
    chosen = choose(candidates, prefix, before)
    if chosen is None or sum(each.is_free for each in candidates) < 2 or chosen == choose(candidates, "", None):
        return
    total = sum(each.outstanding for each in candidates) + 1
    share = Fraction(max(1, chosen.slots), sum(max(1, each.slots) for each in candidates))
    assert chosen.outstanding + 1 <= max(BOUND * float(total * share), ALWAYS * chosen.slots) + 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=300), st.integers(2, 6))
def test_in_a_run_with_one_loved_prefix_the_load_stays_bounded(asked: list[tuple[int, int]], workers: int):
    """Requests come and go: after each choice made by affinity the worker is within the bound of that moment."""
    running = dict.fromkeys("abcdef"[:workers], 0)
    for prefix, leaving in asked:
        candidates = [a_candidate(name, outstanding=load) for name, load in running.items()]
        chosen = choose([replace(each, is_free=True) for each in candidates], str(prefix // 8), None)
        assert chosen is not None
        assert chosen.outstanding < max(bound(each, candidates) for each in candidates)
        running[chosen.id] += 1
        name = "abcdef"[leaving % workers]
        running[name] = max(0, running[name] - 1)


def test_a_conversation_stays_with_the_worker_that_wrote_its_last_answer():
    candidates = [a_candidate("one", outstanding=1), a_candidate("two"), a_candidate("three")]
    assert choose(candidates, "conversation", "one") == candidates[0]


def test_above_the_bound_the_least_loaded_takes_it():
    candidates = [a_candidate("one", outstanding=6), a_candidate("two", outstanding=2), a_candidate("three")]
    assert choose(candidates, "conversation", "one") == candidates[2]


@given(PREFIXES.filter(bool), st.sets(st.text("abcdef", min_size=1, max_size=4), min_size=2, max_size=8))
def test_a_prefix_moves_only_when_its_own_worker_leaves(prefix: str, names: set[str]):
    candidates = [a_candidate(name) for name in sorted(names)]
    chosen = choose(candidates, prefix, None)
    assert chosen is not None

    for other in candidates:
        rest = [each for each in candidates if each != other]
        if other != chosen:
            assert choose(rest, prefix, None) == chosen


def test_prefixes_are_spread_by_slots():
    drawn = [max((rendezvous(str(n), "small", 1), "small"), (rendezvous(str(n), "big", 3), "big")) for n in range(4000)]
    share = sum(name == "big" for _, name in drawn) / len(drawn)
    assert 0.72 < share < 0.78


def test_the_faster_worker_gets_more_and_one_that_was_not_measured_counts_as_usual():
    fast, slow = a_candidate("fast", seconds=1.0), a_candidate("slow", seconds=4.0)
    assert choose([slow, fast], "", None) == fast
    assert choose([slow, replace(fast, outstanding=5)], "", None) == slow
    unknown = a_candidate("unknown")
    assert usual_seconds([fast, slow, unknown]) == 2.5
    assert choose([slow, unknown], "", None) in [slow, unknown]
    assert choose([fast, slow, replace(fast, id="as fast"), unknown], "", None) != slow


def test_of_equals_the_one_that_was_asked_the_longest_ago_is_asked():
    one, two = a_candidate("one", leased_last=2.0), a_candidate("two", leased_last=1.0)
    assert choose([one, two], "", None) == two


def test_a_measurement_fades_into_what_is_usual():
    assert expected(10.0, 0.0, 2.0) == 10.0
    assert expected(10.0, HALF_LIFE, 2.0) == pytest.approx(6.0)
    assert expected(10.0, 1e6, 2.0) == pytest.approx(2.0)
    assert expected(None, 0.0, 2.0) == 2.0


@given(st.lists(st.floats(0, 1000), min_size=1))
def test_a_mean_lies_among_what_was_measured(measured: list[float]):
    mean = Mean()
    for each in measured:
        mean.add(each)
    assert mean.value is not None
    assert min(measured) - 1e-6 <= mean.value <= max(measured) + 1e-6


def test_a_speed_counts_the_wait_and_the_pace():
    speed = Speed()
    assert speed.answer_seconds is None
    speed.first_came(0.5, 1.0)
    speed.wrote(3, 100.0, 2.0)
    assert speed.answer_seconds is None  # too short for a pace
    speed.wrote(100, 1.0, 3.0)
    assert speed.answer_seconds == pytest.approx(2.5)
    assert speed.measured_at == 3.0
