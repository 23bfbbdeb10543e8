import pytest

from export.personal_data.bench.cases import cases
from export.personal_data.bench.measure import Quality, measure
from export.personal_data.find import RECOGNISERS, find
from export.personal_data.gate import fast_gate, plain_gate
from export.personal_data.span import Kind

CHECKED = [Kind.CARD, Kind.IBAN, Kind.WALLET, Kind.EMAIL, Kind.IP, Kind.MAC]
"""Kinds that a checksum or a strict form proves."""


@pytest.fixture(scope="module")
def quality() -> Quality:
    return measure(find, cases(seed=11, half="held_out", each=60))


@pytest.mark.parametrize("kind", CHECKED)
def test_what_has_a_checksum_is_found(quality: Quality, kind: Kind):
    assert quality.recall[kind] >= 0.97


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in CHECKED])
def test_what_has_only_a_form_is_mostly_found(quality: Quality, kind: Kind):
    assert quality.recall[kind] >= 0.9


def test_identities_are_found_without_a_word_about_them(quality: Quality):
    assert quality.recall["GOVERNMENT_ID bare"] >= 0.9


def test_look_alikes_are_left_alone(quality: Quality):
    assert quality.false_alarms <= 0.05


def test_the_same_seed_makes_the_same_bench():
    assert list(cases(5, "tuned", 3)) == list(cases(5, "tuned", 3))


def test_a_label_covers_its_value():
    assert all(case.text[case.start : case.end].strip() for case in cases(5, "held_out", 5) if case.kind)


def test_the_fast_gate_says_what_the_plain_one_says():
    patterns = [each.gate for each in RECOGNISERS]
    fast, plain = fast_gate(patterns), plain_gate(patterns)

    assert [case.text for case in cases(3, "tuned", 4) if sorted(fast(case.text)) != list(plain(case.text))] == []
