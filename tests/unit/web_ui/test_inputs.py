"""Whatever arrives from a component becomes what a handler expects, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_ui.tabs.inputs import as_number, as_text

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.just({"a": 1})


@given(ANYTHING)
def test_a_text_can_always_be_encoded(value: object):
    assert as_text(value).encode() is not None


@given(st.text())
def test_a_good_text_stays_as_it_is(text: str):
    assert as_text(text) == text


@pytest.mark.parametrize(
    ("sent", "kept"), [("a\ud800b", "a\ufffdb"), ("\udc00", "\ufffd"), ("\U0001f600", "\U0001f600")]
)
def test_a_lone_surrogate_is_replaced(sent: str, kept: str):
    assert as_text(sent) == kept


@given(ANYTHING)
def test_a_field_never_breaks_a_handler(value: object):
    assert isinstance(as_number(value), int | float | str | None)


@pytest.mark.parametrize(
    ("written", "number"),
    [("0.7", 0.7), ("0,7", 0.7), (" 150 ", 150), ("1e3", 1000), ("", None), (None, None), ("x", "x")],
)
def test_a_written_number_is_read(written: object, number: object):
    assert as_number(written) == number
