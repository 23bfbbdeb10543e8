import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from controller.routing.breaker import (
    FAILURES_IN_A_ROW,
    FEWEST,
    FIRST_DELAY,
    LONGEST_DELAY,
    Breaker,
    BreakerState,
)


def failing(breaker: Breaker, now: float, times: int = FAILURES_IN_A_ROW) -> None:
    for _ in range(times):
        breaker.failed(breaker.enter(now), now, 0.5)


def an_open_breaker(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    breaker.failed(breaker.enter(now), now, 0.5, at_once=True)
    return breaker


def test_it_opens_after_some_failures_in_a_row_and_not_before():
    breaker = Breaker()
    failing(breaker, 0.0, FAILURES_IN_A_ROW - 1)
    assert breaker.allows(0.0)

    failing(breaker, 0.0, 1)
    assert breaker.state(0.0) is BreakerState.OPEN
    assert not breaker.allows(0.0)


def test_a_success_in_between_starts_the_count_anew():
    breaker = Breaker()
    for _ in range(3):
        failing(breaker, 0.0, FAILURES_IN_A_ROW - 1)
        breaker.succeeded(breaker.enter(0.0))
    assert breaker.allows(0.0)


def test_it_opens_when_half_of_many_fail_though_never_enough_in_a_row():
    breaker = Breaker()
    for _ in range(FEWEST // 2):
        breaker.succeeded(breaker.enter(0.0))
        breaker.failed(breaker.enter(0.0), 0.0, 0.5)
    assert not breaker.allows(0.0)


def test_one_refused_connection_is_enough():
    assert an_open_breaker().state(0.1) is BreakerState.OPEN


def test_the_first_probe_comes_within_a_second_and_its_success_closes():
    breaker = an_open_breaker()
    assert breaker.retry_at is not None
    assert FIRST_DELAY / 2 <= breaker.retry_at <= FIRST_DELAY

    probe = breaker.enter(1.0)
    assert not breaker.allows(1.0)
    breaker.succeeded(probe)
    assert breaker.state(1.0) is BreakerState.CLOSED


def test_a_probe_that_tells_nothing_leaves_its_place_to_the_next():
    breaker = an_open_breaker()
    breaker.untold(breaker.enter(1.0))
    assert breaker.allows(1.0)


def test_the_delay_is_as_long_as_the_other_side_said():
    breaker = Breaker()
    breaker.failed(breaker.enter(0.0), 0.0, 0.9, at_once=True, seconds=7.0)
    assert (breaker.allows(6.9), breaker.allows(7.0)) == (False, True)


def test_streams_that_break_together_open_it_once():
    breaker = Breaker()
    tickets = [breaker.enter(0.0) for _ in range(10)]
    for ticket in tickets:
        breaker.failed(ticket, 0.0, 0.0, at_once=True)
    assert breaker.retry_at == FIRST_DELAY / 2


def test_an_answer_that_began_before_says_nothing_of_what_is_there_now():
    breaker = Breaker()
    old = breaker.enter(0.0)
    breaker.failed(breaker.enter(0.0), 0.0, 0.5, at_once=True)
    breaker.succeeded(old)
    assert breaker.state(0.0) is BreakerState.OPEN


@given(st.lists(st.floats(0, 0.999), min_size=1, max_size=20))
def test_the_delay_grows_up_to_a_limit_whatever_chance_says(chances: list[float]):
    breaker, now = Breaker(), 0.0
    for failures, chance in enumerate(chances):
        breaker.failed(breaker.enter(now), now, chance, at_once=True)
        assert breaker.retry_at is not None
        whole = min(LONGEST_DELAY, FIRST_DELAY * 2**failures)
        assert whole / 2 <= breaker.retry_at - now + 1e-6
        assert breaker.retry_at - now <= whole + 1e-6
        now = breaker.retry_at


class Breaking(RuleBasedStateMachine):
    """Whatever comes in whatever order: half open lets exactly one through, and nothing goes through while open."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker()
        self.now = 0.0
        self.inside: list[int] = []
        self.probes: list[int] = []

    @precondition(lambda self: self.breaker.allows(self.now))
    @rule()
    def enter(self) -> None:
        is_probe = self.breaker.retry_at is not None
        ticket = self.breaker.enter(self.now)
        (self.probes if is_probe else self.inside).append(ticket)

    @precondition(lambda self: self.inside or self.probes)
    @rule(
        data=st.data(),
        how=st.sampled_from(["succeeded", "failed", "at once", "untold"]),
        chance=st.floats(0, 0.999),
    )
    def tell(self, data: st.DataObject, how: str, chance: float) -> None:
        company = data.draw(st.sampled_from([each for each in (self.inside, self.probes) if each]))
        ticket = company.pop(data.draw(st.integers(0, len(company) - 1)))
        match how:
            case "succeeded":
                self.breaker.succeeded(ticket)
            case "untold":
                self.breaker.untold(ticket)
            case _:
                self.breaker.failed(ticket, self.now, chance, at_once=how == "at once")

    @rule(seconds=st.floats(0, 40))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @invariant()
    def there_is_at_most_one_probe_and_it_is_known(self) -> None:
        assert len(self.probes) <= 1
        assert self.breaker.is_probing == bool(self.probes)

    @invariant()
    def it_opens_again_in_bounded_time(self) -> None:
        if self.breaker.retry_at is not None and not self.breaker.is_probing:
            assert self.breaker.retry_at <= self.now + LONGEST_DELAY
            assert self.breaker.allows(self.breaker.retry_at)


TestBreaking = Breaking.TestCase
TestBreaking.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_a_probe_that_fails_opens_it_for_longer(chance: float):
    breaker = Breaker()
    breaker.failed(breaker.enter(0.0), 0.0, chance, at_once=True)
    first = breaker.retry_at
    assert first is not None
    breaker.failed(breaker.enter(first), first, chance)
    assert breaker.retry_at is not None
    assert breaker.retry_at - first == pytest.approx(2 * first)
