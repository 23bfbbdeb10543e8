"""Voters and prompts, numbered."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from export.ratings.group_codes import GroupCodes, text_digests

TEXTS = st.lists(st.none() | st.text(max_size=20), max_size=40)


@given(st.lists(TEXTS, max_size=4), st.booleans())
def test_equal_texts_share_a_number_in_all_columns_and_no_others_do(columns: list[list[str | None]], as_pieces: bool):
    groups, texts, codes = GroupCodes(), list[str | None](), list[int]()
    for column in columns:
        array = pa.array(["before", *column], pa.string())[1:]
        codes += groups.codes(array.dictionary_encode() if as_pieces else array).tolist()
        texts += column

    told = [text or None for text in texts]  # an empty text does not tell whose a vote is
    assert [code == -1 for code in codes] == [text is None for text in told]
    assert len(set(codes)) == len(set(told)) == len(set(zip(told, codes, strict=True)))
    assert max(codes, default=-1) == len(set(told) - {None}) - 1


def test_hundreds_of_thousands_are_numbered_in_the_order_in_which_they_appear():
    groups, names = GroupCodes(), [f"arena_user_{at}" for at in range(300_000)]
    first, again = groups.codes(pa.array(names)), groups.codes(pa.array(names[::-1]))

    assert np.array_equal(first, np.arange(300_000))
    assert np.array_equal(first, again[::-1])


def test_texts_that_differ_in_length_or_in_one_bit_have_different_digests():
    texts = ["", "\0", "\0" * 8, "\0" * 9, "a", "b", "aaaaaaaa", "aaaaaaaab", "aaaaaaaac", "baaaaaaac"]

    assert len(set(text_digests(pa.array(texts)).tolist())) == len(texts)


def test_after_clearing_numbers_begin_anew():
    groups = GroupCodes()
    groups.codes(pa.array(["a", "b"]))
    groups.clear()

    assert groups.codes(pa.array(["c"])).tolist() == [0]
