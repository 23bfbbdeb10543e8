from hashlib import sha256

import pytest

from arena.terms import TERMS, TERMS_VERSION

ACCEPTED = {
    "2026-11-21": "b09bc0b74115ce4a",
    "2026-11-22": "0665fd1b604e273e",
}
"""By version: a digest of the text that was accepted."""


def test_the_terms_in_force_are_the_latest_there_are():
    assert max(TERMS) == TERMS_VERSION


@pytest.mark.parametrize("version", TERMS)
def test_a_text_that_was_accepted_once_is_never_edited(version: str):
    assert sha256(TERMS[version].encode()).hexdigest()[:16] == ACCEPTED[version]


@pytest.mark.parametrize(
    "promise", ["deletion code", "under 18", "Only if you allow it", "single conversations", "without being kept"]
)
def test_the_terms_say_what_a_visitor_can_decide_and_undo(promise: str):
    assert promise in TERMS[TERMS_VERSION]
