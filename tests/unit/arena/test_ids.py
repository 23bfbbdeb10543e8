import uuid

from hypothesis import given
from hypothesis import strategies as st

from arena.ids import new_id, new_token, time_ordered_id, token_hash

TIMES = st.integers(min_value=0, max_value=2**48 - 1)
CHANCE = st.binary(min_size=10, max_size=10)


@given(TIMES, CHANCE)
def test_an_id_is_a_uuid_of_version_7_that_holds_its_time(unix_ms: int, chance: bytes):
    value = uuid.UUID(time_ordered_id(unix_ms, chance))

    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert value.int >> 80 == unix_ms


@given(TIMES, TIMES, CHANCE, CHANCE)
def test_ids_sort_by_time(first: int, second: int, some: bytes, other: bytes):
    if first < second:
        assert time_ordered_id(first, some) < time_ordered_id(second, other)


def test_fresh_ids_and_tokens_differ():
    assert len({new_id() for _ in range(1000)}) == 1000
    assert len({new_token() for _ in range(1000)}) == 1000


def test_a_token_has_128_bits_and_its_hash_does_not_show_it():
    token = new_token()

    assert len(bytes.fromhex(token)) == 16
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token)
