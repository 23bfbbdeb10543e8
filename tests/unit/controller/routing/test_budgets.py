import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.routing.budgets import FLOOR_SECONDS, RETRY_FLOOR, ModelBudget, RetryBudget, TokenBudget
from controller.routing.rules import Allowance

SHARES = st.floats(0.01, 1)
STEPS = st.lists(st.tuples(st.booleans(), st.floats(0, 5)), max_size=300)


@given(SHARES, st.lists(st.booleans(), max_size=400))
def test_retries_never_exceed_the_share_of_requests_and_the_floor(share: float, wishes: list[bool]):
    budget = RetryBudget(share)
    requests = retries = 0
    for is_request in wishes:
        if is_request:
            budget.request(0.0)
            requests += 1
        else:
            retries += budget.take(0.0)
        assert retries <= share * requests + RETRY_FLOOR + 1e-6


@given(SHARES, STEPS)
def test_in_time_only_the_floor_comes_back(share: float, steps: list[tuple[bool, float]]):
    budget, now = RetryBudget(share), 0.0
    requests = retries = 0
    for is_request, seconds in steps:
        now += seconds
        if is_request:
            budget.request(now)
            requests += 1
        else:
            retries += budget.take(now)
        assert retries <= share * requests + RETRY_FLOOR * (1 + now / FLOOR_SECONDS) + 1e-6


def test_a_single_request_can_be_retried_and_with_a_share_of_nothing_none_can():
    assert RetryBudget(0.01).take(0.0)
    assert not RetryBudget(0.0).take(0.0)


def test_a_floor_that_was_used_up_comes_back():
    budget = RetryBudget(0.1)
    while budget.take(0.0):
        pass
    assert not budget.take(1.0)
    assert budget.take(FLOOR_SECONDS / RETRY_FLOOR + 1.0)


@given(
    st.integers(1, 10_000),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 20_000), st.floats(0, 30)), max_size=50),
)
def test_tokens_are_never_used_faster_than_they_come_but_for_what_estimates_missed(
    size: int, asked: list[tuple[int, int, float]]
):
    budget, now, used, missed, most = TokenBudget(size, size, 0.0), 0.0, 0, 0, 0
    for estimate, real, pause in asked:
        now += pause + budget.seconds_until(estimate, now + pause)
        assert budget.seconds_until(estimate, now) < 1e-3
        budget.reserve(estimate, now)
        budget.correct(estimate, real, now)
        used += real
        missed += max(0, real - estimate)
        most = max(most, estimate)
        assert used - missed <= size * (1 + now / 60) + most + 1e-3
        assert budget.left <= size


def test_what_is_more_than_a_minutes_tokens_waits_for_a_full_bucket_and_not_for_ever():
    budget = TokenBudget(600, 600, 0.0)
    budget.reserve(300, 0.0)

    assert budget.seconds_until(10_000, 0.0) == pytest.approx(30)


def test_at_most_so_many_requests_at_once():
    budget, one = ModelBudget(), Allowance(concurrency=1)
    assert budget.seconds_until(0, one, 0.0) == 0.0
    budget.begin(0, 0.0)
    assert budget.seconds_until(0, one, 0.0) == math.inf
    budget.end(0, 0, 0.0)
    assert budget.seconds_until(0, one, 0.0) == 0.0


def test_the_estimate_is_reserved_and_the_rest_comes_back_with_the_real_use():
    budget, some = ModelBudget(), Allowance(tokens_per_minute=100)
    assert budget.seconds_until(80, some, 0.0) == 0.0
    reserved = budget.begin(80, 0.0)
    assert budget.seconds_until(80, some, 0.0) == pytest.approx(36)

    budget.end(reserved, 20, 0.0)
    assert budget.seconds_until(80, some, 0.0) == 0.0


def test_a_new_size_is_taken_up_at_once_and_a_lifted_limit_forgets():
    budget = ModelBudget()
    budget.seconds_until(10, Allowance(tokens_per_minute=10), 0.0)
    budget.begin(10, 0.0)
    assert budget.seconds_until(10, Allowance(tokens_per_minute=60), 0.0) == 0.0
    assert budget.seconds_until(10**9, Allowance(), 0.0) == 0.0
    assert budget.begin(7, 0.0) == 0
