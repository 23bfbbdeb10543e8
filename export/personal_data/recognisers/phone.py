# ruff: noqa: E501 (a form reads best in one line)
"""Telephone numbers: with a country's code, in a form that telephones have, or said to be one."""

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from export.personal_data.context import labels, says
from export.personal_data.placeholders import is_run
from export.personal_data.span import Kind, Recogniser, Span
from export.personal_data.vetoes import overlaps, vetoed

_CANDIDATE = re.compile(
    r"(?<![\w@/.=#$€£%-])(?<!\d[,:])(?:\+\s?|\(\+?)?\(?\d(?:[ .\-/()\u2011]{0,2}\d){6,16}(?:\s?(?:ext|x|Durchwahl)\.?\s?\d{1,5})?(?![\w%€£]|[.,:]\d|/\d)"
)
_WORDS = labels(
    "(?:tele)?phones?(?: ?(?:number|no|#))?", "tel", "mobile", "cell(?:phone)?", "call(?:ed|ing)?(?: me| us| him| her)?", "fax", "text(?: me| him| her)?",
    "whats ?app", "sms", "dial", "ring(?: me)?", "reach(?: me| us)?", "hotline", "contact", "signal", "handy(?:nummer)?", "telefon(?:nummer|numer|ou|u|o)?",
    "rufnummer", "anrufen", "mobil(?:nummer|e|ny)?", "ruf", "portable", "appelle(?:z|r)?", "celular", "m[oó]vil", "llama(?:r|me)?", "teléfono", "téléphone",
    "telefone", "ligue", "ligar", "cellulare", "chiama(?:mi)?", "numero", "número", "gsm", "bel", "komórk\\w+", "zadzwoń", "puh(?:elin)?", "puhelinnumero",
    "cep", "my number", "his number", "her number", "nomor", "hp", "wa", "số điện thoại", "sđt", "телефон\\w*", "тел", "номер", "звони\\w*", "позвони\\w*",
    "电话", "電話", "手机", "手機", "联系", "携帯", "전화", "연락처", "휴대폰", "هاتف", "جوال", "رقم", "تلفن", "טלפון", "נייד", "फ़ोन", "मोबाइल", "โทร",
)  # fmt: skip
_SHAPED = re.compile(
    r"\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4}(?:\s?(?:ext|x)\.?\s?\d{1,5})?|(?:1[ .-])\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4}|\([2-9]\d\d\)\d{3}-\d{4}"
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|[6-9]\d{4}[ -]\d{5}|\(\d{2}\) ?9?\d{4}-?\d{4}|8[ -]?(?:\(\d{3}\)|9\d\d)[ -]?\d{3}[ -]?\d\d[ -]?\d\d|8 \d{3} \d{3} \d{4}|\d\d 9?\d{4}-\d{4}|06[ -]\d{1,2}[/ -]\d{3}[ -]?\d{4}"
    r"|[67]\d\d[ .-]\d{3}[ .-]\d{3}|[67]\d\d \d\d \d\d \d\d|3\d\d[ .-]\d{3}[ .-]?\d{4}"
)
"""Forms of national numbers without a trunk zero: North America, China, India, Brazil, Russia, Spain, Italy."""
_SOCIAL_SECURITY = re.compile(r"\d{3}-\d\d-\d{4}")
_TRUNK = re.compile(r"\(?0\d")
_TRUNK_REGIONS = ("GB", "FR", "DE", "JP", "IN", "AU", "NL", "CH", "AT", "BE", "SE", "FI", "TR", "KR", "VN", "ID", "UA", "IL", "ZA", "IT", "TW", "EG", "IR", "NZ", "NG", "PK", "TH", "MY", "PH", "BR")  # fmt: skip
_FICTION = re.compile(
    r"55501\d\d$|^(?:1?\d{3})?5551212$|^(?:44|0)(?:1632960|7700900|2079460|3069990|8081570|1134960|1144960|1154960|1164960|1174960|1184960|1214960|1314960|1414960|1514960|1614960|1914980|2890180|2920180)\d{3}$"
    r"|^(?:61|0)(?:[2378](?:5550|7010)\d{4}|491570\d{3})$|^(?:33|0)(?:199|261|353|465|536)\d{6,7}$|^\d{0,2}1234567(?:890?)?$|^1?[28]005550\d{3}$"
)
"""Numbers reserved for films and examples, by the regulators of North America, Britain, Australia and France."""


@lru_cache(maxsize=4096)
def _valid(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) or (region is None and phonenumbers.is_possible_number(parsed))


def _rule(text: str, start: int, found: str, digits: str) -> str | None:
    """Say what makes a candidate a telephone number; None if nothing does."""
    if found.lstrip("(").startswith("+"):
        return "international" if _valid("+" + digits, None) else None
    if says(_WORDS, text, start, 40):
        return "context"
    if found.startswith("00") and _valid("+" + digits[2:], None):
        return "international"
    if _SHAPED.fullmatch(found):
        return "national form"
    grouped = re.search(r"\d[ .\-/)]+\d", found) is not None or len(digits) in {10, 11}
    if (
        _TRUNK.match(found)
        and 9 <= len(digits) <= 12
        and grouped
        and any(_valid(digits, each) for each in _TRUNK_REGIONS)
    ):
        return "national form"
    return None


def _spans(text: str) -> Iterator[Span]:
    otherwise: list[tuple[int, int]] | None = None
    for match in _CANDIDATE.finditer(text):
        digits = re.sub(r"\D", "", re.split(r"ext|x|Durchwahl", match[0])[0])
        if not 7 <= len(digits) <= 15 or is_run(digits[-7:]) or _FICTION.search(digits):
            continue
        if _SOCIAL_SECURITY.fullmatch(match[0]):
            continue
        rule = _rule(text, match.start(), match[0], digits)
        if rule is None:
            continue
        otherwise = vetoed(text) if otherwise is None else otherwise
        if rule == "international" or not overlaps(otherwise, *match.span()):
            yield Span(*match.span(), Kind.PHONE, rule)


RECOGNISER = Recogniser(Kind.PHONE, r"\d(?:[ .\-/()]{0,2}\d){6}", _spans)
