import pytest

from export.canaries.planting import Canary, escaped, is_canary, leaked, planted
from export.personal_data.find import find
from export.personal_data.redact import DROP_ALL, REDACT_ALL
from export.personal_data.span import Kind
from export.personal_data.steps import personal_data
from export.release.steps import Dropped, Row, by_rows

KEY = b"key"


@pytest.fixture(scope="module")
def canaries() -> list[Canary]:
    return list(planted(KEY, "2026-Q3", 60))


def test_the_same_key_and_release_plant_the_same(canaries: list[Canary]):
    assert list(planted(KEY, "2026-Q3", 60)) == canaries
    assert not {c.identities for c in planted(KEY, "2026-Q4", 60)} & {c.identities for c in canaries}
    assert not {c.identities for c in planted(b"other", "2026-Q3", 60)} & {c.identities for c in canaries}


def test_no_two_canaries_share_anything(canaries: list[Canary]):
    everything = [each for canary in canaries for each in canary.identities]

    assert len(set(everything)) == len(everything)


def test_their_rows_are_known_by_their_ids(canaries: list[Canary]):
    assert all(is_canary(canary.ledger_id) for canary in canaries)
    assert not is_canary("0192f0c1-canary-")


def test_all_that_is_told_of_them_is_found(canaries: list[Canary]):
    missed = [
        (each, text)
        for canary in canaries
        for text in canary.texts
        for each in canary.identities[1:]
        if each in text and each not in [text[span.start : span.end] for span in find(text)]
    ]

    assert missed == []


def test_a_canarys_house_may_have_a_number_that_could_be_a_year():
    said = [f"Please add where I live: {number} Elm Street, Reno, NV 89501." for number in range(1900, 2100, 7)]

    assert [text for text in said if [text[each.start : each.end] for each in find(text)] != [text[25:-1]]] == []
    assert find("In 1929 Wall Street fell, and since 2008 Main Street has changed.") == []


def test_every_canary_is_dropped_where_personal_data_drops(canaries: list[Canary]):
    step = by_rows(personal_data(DROP_ALL))

    assert all(isinstance(row, Dropped) for canary in canaries for row in step(canary.bundle).rows)


def test_nothing_but_the_name_is_left_where_personal_data_is_redacted():
    canaries = planted(KEY, "r", 60, REDACT_ALL, names=False)
    step = by_rows(personal_data(REDACT_ALL))
    rows = [row for canary in canaries for row in step(canary.bundle).rows]

    assert leaked(canaries, (text for row in rows if isinstance(row, Row) for text in row.texts)) == []


def test_what_leaks_is_named(canaries: list[Canary]):
    name, secret = canaries[0].identities[0], canaries[1].identities[1]

    assert leaked(canaries, ["nothing", f"I am {name}.", f"{secret}, {secret}"]) == sorted([name, secret])


def test_what_the_policy_keeps_is_no_leak():
    kept = planted(KEY, "r", 40, {**DROP_ALL, Kind.EMAIL: "keep"})

    assert not [each for canary in kept for each in canary.identities if "@" in each]


def test_no_canaries_leak_nothing():
    assert leaked([], ["anything"]) == []


def test_a_code_word_outlives_every_redaction():
    canaries = planted(KEY, "r", 20, REDACT_ALL)
    rows = [row for canary in canaries for row in by_rows(personal_data(REDACT_ALL))(canary.bundle).rows]
    texts = [text for row in rows if isinstance(row, Row) for text in row.texts]

    assert {canary.code_word for canary in canaries} <= set(escaped(canaries, texts))


def test_thousands_are_looked_for_at_once():
    canaries = planted(KEY, "r", 1_000)

    assert leaked(canaries, ["a" * 1_000 + canaries[777].identities[0]]) == [canaries[777].identities[0]]
