from hypothesis import given
from hypothesis import strategies as st

from logging_store.writing import evenly


@given(st.lists(st.text(max_size=3), max_size=200))
def test_what_is_asked_for_comes_in_few_lengths_and_nothing_is_left_out(asked: list[str]):
    padded = evenly(asked)

    assert set(padded) == set(asked)
    assert padded[: len(asked)] == tuple(asked)
    assert len(padded) in {0} | {1 << power for power in range(9)}
    assert len(padded) < 2 * len(asked) or len(padded) <= 1
