"""Names, coded by the objects that hold them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.ratings import name_codes as module
from export.ratings.counts import NewCodes
from export.ratings.name_codes import name_codes


def _coded(names: Sequence[str]) -> list[str]:
    """Code names, and read the codes back."""
    codes = NewCodes()
    found = name_codes(names, codes.__getitem__).tolist()
    name_of = {code: name for name, code in codes.items()}
    return [name_of[code] for code in found]


def _apart(names: Sequence[str]) -> list[str]:
    """Return equal texts, each an object of its own."""
    return ["".join(list(name)) for name in names]


@given(st.lists(st.text(max_size=3), max_size=50))
def test_names_are_coded_whatever_holds_them(names: list[str]):
    array = np.array(names, object)
    ways: list[Any] = [names, tuple(names), _apart(names), array, array[::-1][::-1], np.array(names, np.str_)]

    for held in ways:
        assert _coded(held) == [str(name) for name in held]


def test_many_rows_of_few_objects_are_looked_up_by_object_and_asked_for_once():
    names = [f"model {at % 700}" for at in range(700)] * 100
    asked = list[str]()

    def code_of(name: str) -> int:
        asked.append(name)
        return int(name.split()[1])

    assert name_codes(names, code_of).tolist() == list(range(700)) * 100
    assert asked == names[:700]


@pytest.mark.parametrize("many", [1_999, 2_001, 40_000])
def test_names_that_are_all_different_objects_are_coded_too(many: int):
    names = [f"model {at}" for at in range(many)] * 2

    assert _coded(names) == names
    assert _coded(_apart(names)) == names


def test_objects_that_would_share_a_slot_get_a_larger_table(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_BITS", range(1, 22))
    names = [f"model {at}" for at in range(500)] * 3

    assert _coded(names) == names


def test_a_name_without_a_code_is_the_callers_error():
    with pytest.raises(KeyError):
        name_codes(["a", "b"], {"a": 0}.__getitem__)
