"""Payment cards: Luhn's check digit and a known issuer's prefix and length."""

import re
from collections.abc import Iterator

from stdnum import luhn

from export.personal_data.placeholders import TEST_CARDS, is_run
from export.personal_data.span import Kind, Recogniser, Span

_CANDIDATE = re.compile(r"(?<![\w.,+-])\d(?:[ -]?\d){12,18}(?![\w]|[.,-]\d)")
_ISSUERS = {
    "visa": re.compile(r"4(?:\d{12}|\d{15}|\d{18})"),
    "mastercard": re.compile(r"(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"),
    "american express": re.compile(r"3[47]\d{13}"),
    "discover": re.compile(r"(?:6011|64[4-9]\d|65\d\d)\d{12}"),
    "diners club": re.compile(r"3(?:0[0-5]|[689]\d)\d{11}"),
    "jcb": re.compile(r"35(?:2[89]|[3-8]\d)\d{12}"),
    "unionpay": re.compile(r"62\d{14,17}"),
    "maestro": re.compile(r"(?:50[18]\d|5[6-8]\d\d|63\d\d|67\d\d)\d{12}"),
    "mir": re.compile(r"220[0-4]\d{12}"),
    "rupay": re.compile(r"(?:60|81|82)\d{14}"),
}


def _spans(text: str) -> Iterator[Span]:
    for match in _CANDIDATE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if digits in TEST_CARDS or is_run(digits) or len(set(digits)) < 4 or not luhn.is_valid(digits):
            continue
        issuer = next((name for name, form in _ISSUERS.items() if form.fullmatch(digits)), None)
        if issuer is not None:
            yield Span(*match.span(), Kind.CARD, issuer)


RECOGNISER = Recogniser(Kind.CARD, r"\d(?:[ -]?\d){12}", _spans)
