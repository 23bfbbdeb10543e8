"""Personal data written otherwise than it is read."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.personal_data.disguises import INVISIBLE, has_signs, unmasked
from export.personal_data.redact import REDACT_ALL, redact

MARK = "[EMAIL]"


@pytest.mark.parametrize(
    "disguised",
    [
        "bela.novak%40gmail.com",
        "bela%2Enovak%40gmail%2Ecom",
        "bela.novak&#64;gmail.com",
        "bela.novak&commat;gmail&period;com",
        "&#98;&#x65;la.novak&#64;gmail.com",
        "bela.novak[at]gmail.com",
        "bela.novak[at]gmail[.]com",
        "bela.novak (at) gmail.com",
        "bela.novak [at] gmail.com",
        "bela.novak <AT> gmail.com",
        "bela.novak at gmail.com",
        "bela.novak @ gmail.com",
        r"bela\_novak@gmail.com",
        "bela.novak**@gmail.com",
        "be\u200bla.no\u202evak@gmail.com",
    ],
)
def test_a_disguised_address_is_taken_out_whole(disguised: str) -> None:
    assert redact(f"write to {disguised}, please", REDACT_ALL).text == f"write to {MARK}, please"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://a.org/?to=bela.novak%40gmail.com&x=1", "see https://a.org/?to=[EMAIL]&x=1"),
        ("my phone +49&nbsp;170&nbsp;2233445!", "my phone [PHONE]!"),
        ("card **4539** 1488 0343 6467", "card **[CARD]"),
        ("card 4539.1488.0343.6467", "card [CARD]"),
        ("host 91[.]198[.]174[.]192", "host [IP]"),
    ],
)
def test_other_disguises_hide_nothing(text: str, left: str) -> None:
    assert redact(text, REDACT_ALL).text == left


@pytest.mark.parametrize(
    "text", ["2**10**3 = ?", "**12** apples and **3**", "a[.]", "100%25", "x &#38; y", r"\d\.\d\_"]
)
def test_what_is_no_disguise_stays(text: str) -> None:
    assert redact(text, REDACT_ALL).text == text


@given(st.text(alphabet="ab1 .@*%402e&#6;[]t\\_\u200b", max_size=60))
def test_places_lead_back_to_the_original(text: str) -> None:
    plain, origin = unmasked(text)
    assert has_signs(text) or re.search(INVISIBLE, text) or plain == text
    ends = [origin(place, place + 1) for place in range(len(plain))]
    assert all(0 <= start < end <= len(text) for start, end in ends)
    assert all(before[1] <= after[0] for before, after in pairwise(ends))
    assert not plain or origin(0, len(plain)) == (ends[0][0], ends[-1][1])
