"""Values that others made up, in sentences that are not the bench's."""

import pytest

from benchmarks._faker_values import faker_cases
from export.personal_data.bench.measure import Quality, measure
from export.personal_data.find import find
from export.personal_data.span import Kind


@pytest.fixture(scope="module")
def said() -> Quality:
    return measure(find, faker_cases(seed=3, each=8))


@pytest.fixture(scope="module")
def bare() -> Quality:
    return measure(find, faker_cases(seed=4, each=6, bare=True))


@pytest.mark.parametrize("kind", [Kind.CARD, Kind.GOVERNMENT_ID])
def test_what_has_a_checksum_is_found_in_nearly_every_country(said: Quality, kind: Kind):
    assert said.recall[kind] >= 0.97


@pytest.mark.parametrize("kind", [Kind.PHONE, Kind.ADDRESS, Kind.ACCOUNT, Kind.IBAN, Kind.PLATE])
def test_what_has_only_a_form_is_found_where_a_text_says_what_it_is(said: Quality, kind: Kind):
    assert said.recall[kind] >= 0.9


def test_most_is_found_without_a_word_about_it(bare: Quality):
    assert bare.recall[Kind.ADDRESS] >= 0.9
    assert bare.recall[Kind.GOVERNMENT_ID] >= 0.87
    assert bare.recall[Kind.PHONE] >= 0.85
