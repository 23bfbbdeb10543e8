from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from arena.errors import SetupError
from export.personal_data.redact import DROP_ALL, REDACT_ALL
from export.personal_data.span import Kind
from export.personal_data.steps import nothing_left, personal_data, policy_of
from export.release.steps import Bundle, Dropped, Row
from tests.unit.export.release.rows import a_row

MAIL = "write to ada.king@gmail.com or to bob.king@gmail.com"


def test_a_row_that_holds_personal_data_is_dropped_under_its_kind():
    assert personal_data(DROP_ALL)(a_row("c7", texts=(MAIL, "I will"))) == Dropped("c7", "personal_data_email")


def test_a_row_with_several_kinds_is_counted_under_one_whatever_their_order():
    texts = ("from 91.198.174.192", MAIL)

    assert personal_data(DROP_ALL)(a_row("c", texts=texts)) == personal_data(DROP_ALL)(a_row("c", texts=texts[::-1]))


def test_a_reason_tells_nothing_but_the_kind():
    result = personal_data(DROP_ALL)(a_row(texts=("my number is +49 30 901820",)))

    assert isinstance(result, Dropped)
    assert result.reason == "personal_data_phone"


def test_redacting_counts_by_kind_and_adds_to_what_was_replaced_before():
    row = personal_data(REDACT_ALL)(a_row(texts=(MAIL, "sent"), replaced={"NAME": 2}))

    assert isinstance(row, Row)
    assert row.texts == ("write to [EMAIL] or to [EMAIL]", "sent")
    assert row.replaced == {"NAME": 2, "EMAIL": 2}


def test_a_mark_that_was_typed_is_no_redaction():
    row = personal_data(REDACT_ALL)(a_row(texts=("what does [EMAIL] mean, and NAME_1?",)))

    assert isinstance(row, Row)
    assert not row.redacted


def test_asides_are_redacted_but_neither_drop_nor_mark_a_row():
    row = personal_data(DROP_ALL)(a_row(texts=("hi", "hello"), asides=(MAIL,), aside_kinds=("comment",)))

    assert isinstance(row, Row)
    assert row.asides == ("write to [EMAIL] or to [EMAIL]",)
    assert not row.redacted


def test_what_the_policy_keeps_stays():
    policy = policy_of("redact", {"email": "keep"})
    row = personal_data(policy)(a_row(texts=(MAIL,)))

    assert isinstance(row, Row)
    assert row.texts == (MAIL,)
    assert nothing_left(policy)(Bundle((row,))).rows == (row,)


def test_the_policy_names_kinds_that_there_are():
    assert policy_of("drop", {"phone": "redact"})[Kind.PHONE] == "redact"
    assert policy_of("drop", {"phone": "redact"})[Kind.EMAIL] == "drop"
    with pytest.raises(SetupError, match="SHOE_SIZE"):
        policy_of("drop", {"shoe-size": "keep"})


def test_what_still_holds_personal_data_is_not_released():
    clean, leaky, gone = a_row("a"), a_row("b", texts=(MAIL,)), Dropped("c", "no_answer")

    rows = nothing_left(REDACT_ALL)(Bundle((clean, leaky, gone))).rows

    assert rows == (clean, Dropped("b", "redaction_incomplete"), gone)


@dataclass(frozen=True)
class Found:
    start: int
    end: int
    score: float = 1.0


@dataclass(frozen=True)
class FindsWords:
    words: tuple[str, ...] = field(default=())

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        return [[Found(t.index(w), t.index(w) + len(w)) for w in self.words if w in t] for t in texts]


def test_a_name_that_is_left_drops_a_row_and_a_mark_does_not():
    step = nothing_left(REDACT_ALL, FindsWords(("NAME_1", "Lovelace")))
    marked, named = a_row("a", texts=("I am NAME_1",)), a_row("b", texts=("I am Ada Lovelace",))

    assert step(Bundle((marked, named))).rows == (marked, Dropped("b", "redaction_incomplete"))
