from hypothesis import given
from hypothesis import strategies as st

from export.release.normalise import normalise, readable
from tests.unit.export.release.rows import a_row


def test_lone_surrogates_and_nul_are_replaced():
    row = normalise(a_row(texts=("a\ud800b", "c\0d"), asides=("\udfff",), aside_kinds=("title",)))

    assert (row.texts, row.asides) == (("a\ufffdb", "c\ufffdd"), ("\ufffd",))


@given(st.text(alphabet=st.characters()))
def test_every_text_can_be_written_and_keeps_its_length(text: str):
    made = readable(text)

    assert made.encode().decode() == made
    assert "\0" not in made
    assert len(made) == len(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_readable_text_stays_as_it_is(text: str):
    assert readable(text) == text
