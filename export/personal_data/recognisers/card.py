# ruff: noqa: E501 (a form reads best in one line)
"""Payment cards: Luhn's check digit and a known issuer's prefix and length; one of both where a text says card."""

import re
from collections.abc import Iterator

from stdnum import luhn

from export.personal_data.context import labels, says
from export.personal_data.placeholders import TEST_CARDS, is_run
from export.personal_data.span import Kind, Recogniser, Span

_CANDIDATE = re.compile(
    r"(?<![\w.+-])(?<!\d,)(?:\d{4}(?:\.\d{4}){3}|\d{4}(?:_\d{4}){3}|\d(?:[ -]?\d){11,18})(?![\w]|[.,-]\d)", re.ASCII
)
_WORDS = labels(
    "(?:credit|debit|bank|payment|prepaid|gift)? ?cards?(?: ?(?:number|no|#))?", "visa", "master ?card", "amex", "maestro", "mir", "girocard", "ec-karte", "(?:kredit|bank|giro)?karte(?:nnummer)?",
    "carte(?: bancaire| bleue)?", "tarjeta", "cart[aã]o", "carta(?: di credito)?", "kaart(?:nummer)?", "kart[aąęyu]\\w{0,4}", "kredi kart\\w{0,4}", "карт[аыуе]", "картой", "银行卡", "卡号", "信用卡", "カード", "카드", "بطاقة", "کارت", "כרטיס",
)  # fmt: skip
_OTHERWISE = labels(
    "ean(?:-13)?",
    "gtin",
    "upc",
    "barcode",
    "isbn",
    "order(?: (?:number|no|id))?",
    "tracking",
    "invoice",
    "订单号",
    "订单编号",
)
_ISSUERS = {
    "visa": re.compile(r"4(?:\d{12}|\d{15}|\d{18})"),
    "mastercard": re.compile(r"(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"),
    "american express": re.compile(r"3[47]\d{13}"),
    "discover": re.compile(r"(?:6011|64[4-9]\d|65\d\d)\d{12}"),
    "diners club": re.compile(r"3(?:0[0-5]|[689]\d)\d{11}"),
    "jcb": re.compile(r"35\d{14}|(?:1800|2131)\d{11}"),
    "unionpay": re.compile(r"62\d{14,17}"),
    "maestro": re.compile(r"(?:50(?:18|20|38)|5893|6304|6759|676[1-3])\d{8,15}|(?:50|5[6-8]|6[37])\d{10}(?:\d{4})?"),
    "mir": re.compile(r"220[0-4]\d{12}"),
    "rupay": re.compile(r"(?:60|81|82)\d{14}"),
    "troy": re.compile(r"9792\d{12}"),
}


def _spans(text: str) -> Iterator[Span]:
    for match in _CANDIDATE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if digits in TEST_CARDS or is_run(digits) or len(set(digits)) < 4:
            continue
        issuer = next((name for name, form in _ISSUERS.items() if form.fullmatch(digits)), None)
        is_checked = luhn.is_valid(digits)
        said = says(_WORDS, text, match.start(), 32) if is_checked != bool(issuer) else False
        if ((is_checked and issuer is not None) or said) and not says(_OTHERWISE, text, match.start(), 14):
            yield Span(*match.span(), Kind.CARD, issuer or "context")


RECOGNISER = Recogniser(Kind.CARD, r"\d(?:[ -]?\d){11}|\d{4}[._]\d{4}[._]\d{4}", _spans)
