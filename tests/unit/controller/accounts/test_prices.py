from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model import ModelEntry, WorkerKind
from controller.accounts.prices import MOST_TOKENS, NANO, believable, cost, stop_at, tokens_in

PRICES = st.decimals(0, 1000, places=4).map(float)
TOKENS = st.integers(0, MOST_TOKENS)


def a_priced_model(price_in: float | None = None, price_out: float | None = None, **given: Any) -> ModelEntry:
    return ModelEntry(name="m", worker=WorkerKind.DEMO, price_in=price_in, price_out=price_out, **given)


@given(PRICES, PRICES, TOKENS, TOKENS)
def test_a_cost_is_exact_to_half_a_billionth_of_a_dollar(price_in: float, price_out: float, read: int, written: int):
    exact = Fraction(str(price_in)) * read / 10**6 + Fraction(str(price_out)) * written / 10**6

    assert abs(Fraction(cost(a_priced_model(price_in, price_out), read, written), NANO) - exact) <= Fraction(
        1, 2 * NANO
    )


@given(PRICES, st.lists(st.integers(0, 10**6), max_size=50))
def test_costs_of_prices_with_three_places_add_up_to_the_cost_of_the_sum(price: float, answers: list[int]):
    model = a_priced_model(0.0, round(price, 3))

    assert sum(cost(model, 0, tokens) for tokens in answers) == cost(model, 0, sum(answers))


@pytest.mark.parametrize(
    ("price_in", "price_out", "read", "written", "nanodollars"),
    [
        (3.0, 15.0, 1_000_000, 1_000_000, 18 * NANO),
        (0.1, 0.2, 1, 1, 300),
        (0.0375, None, 1, 5, 38),
        (None, 15.0, 7, 1, 15_000),
        (None, None, 7, 7, 0),
        (0.0, 0.0, 7, 7, 0),
    ],
)
def test_prices_are_per_million_tokens(
    price_in: float | None, price_out: float | None, read: int, written: int, nanodollars: int
):
    assert cost(a_priced_model(price_in, price_out), read, written) == nanodollars
    assert cost(None, read, written) == 0


def test_a_daily_stop_is_read_as_it_was_written():
    assert stop_at(a_priced_model(1.0, 1.0, dollars_per_day=0.1)) == 100_000_000
    assert stop_at(a_priced_model(1.0, 1.0)) is None


def test_a_worker_is_believed_within_reason():
    assert [believable(tokens) for tokens in (-5, 0, 7, 10**30)] == [0, 0, 7, MOST_TOKENS]


def test_tokens_are_estimated_by_length():
    assert [tokens_in(chars) for chars in (0, 1, 4, 5)] == [0, 1, 1, 2]
