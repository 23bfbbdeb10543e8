# ruff: noqa: E501 (a form reads best in one line)
"""Telephone numbers: with a country's code, in a form that telephones have, or said to be one."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

from export.personal_data.context import labels, says, says_after
from export.personal_data.placeholders import FICTION, RESERVED, is_run
from export.personal_data.recognisers.standing import is_beside_a_name, is_within_account
from export.personal_data.span import Kind, Recogniser, Span
from export.personal_data.vetoes import BEFORE_DAY, DATED, is_date, overlaps, vetoed

_CANDIDATE = re.compile(
    rf"(?=[+(\d])(?!{DATED})(?:(?<![\w@/.=#$%-])|(?i:(?<=phone=)|(?<=phone_number=)|(?<=mobile=)|(?<=tel=)|(?<=cell=)))(?<!\d[,:])(?:\+\s?|\(\+)?(?:\(?0\d{{1,4}}\)? [-/] (?!0))?\(?\d(?:{BEFORE_DAY}[ .\-/()]{{0,2}}\d){{5,16}}(?:\s?(?:ext|x|Durchwahl)\.?\s?\d{{1,5}})?(?![\w%€£]|[.,:]\d|/\d)",
    re.ASCII,
)
_DIGITS = re.compile(r"\d(?:[ .\-/()]{0,2}\d){5,}", re.ASCII)
"""What each candidate consists of: only around it there is something to look for."""
_HEAD, _TAIL = 11, 20
"""Characters that a candidate can have before its first digit, and that count behind its last one."""
_WORDS = labels(
    "(?:[a-z]{1,12}_)?(?:tele)?phones?(?:[ _]?(?:number|no|num|#))?", "tel", "mobile(?:_(?:number|no))?", "cell(?:_?phone)?", "call(?:ed|ing)?(?! (?:volume|cent(?:er|re)|duration|count|log|stack|rate|graph))(?: me| us| him| her| back)?", "fax", "text (?:me|him|her|us)",
    "whats(?: ?app)?", "(?:no|nomor|sg|my|his|her) hp", "hp(?:/wa)?[:.]", "h/p", "tlf", "tfn", "natel", "fono", "celu", "cel", "viber", "m-?pesa", "mo-?mo", "piga", "tawag", "kännykkä\\w{0,4}", "kontakt(?:nummer)?", "sms", "dial(?:led|ing)?", "ring(?: me| us| mig| meg)?", "reach(?: me| us| him| her)?", "hotline", "contact(?: me| us| him| her|[ _]number|[ _]no| at|:)?", "signal (?:me|at|on)", "handy(?:nummer)?", "telefon\\w{0,6}",
    "landline", "pager", "voicemail", "rufnummer", "anrufen", "ph", "erreich(?:st|bar|en)(?: (?:du|sie) mich)?(?: unter)?", "πάρε με", "κάλεσ\\w*",  "mobil\\w{0,10}",  "appele[zr]", "appelle", "joignable", "celular", "m[oó]vil", "llama(?:r|me)?", "ll[aá]ma(?:me|nos)",
    "teléfono", "téléphone", "tfno",  "telefone", "ligue", "ligar",  "telem[oó]vel", "contacto", "cellulare", "chiama(?:mi|re)?", "recapito", "gsm", "bel (?:me|ons)", "bereikbaar", "komórk\\w+",
    "zadzwoń", "dzwo[nń]i?ć?", "puh(?:elin\\w{0,6})?", "soita", "volej\\w*", "zavolej\\w*", "mobitel", "nazovi", "sunați", "sun[aă]-m[aă]", "hívj\\w*", "cep(?:im)?", "ara(?:y[ıi]n)?", "nomor", "hubungi",
    "số điện thoại", "sđt", "điện thoại", "gọi", "liên hệ", "телефон\\w*", "тел(?!\\w)", "звони\\w*", "позвони\\w*", "моб(?:ил\\w*)?(?!\\w)", "дзвон\\w*", "зателефонуй\\w*", "обади", "τηλ\\w*", "κινητ\\w*",
    "电话", "電話", "手机", "手機", "联系", "聯絡", "致电", "拨打", "携帯", "連絡先", "전화", "연락처", "연락", "휴대폰", "핸드폰", "هاتف", "جوال", "اتصل", "موبايل", "تلفن", "تماس", "טלפון", "נייד", "התקשר", "फ़ोन", "फोन", "मोबाइल", "कॉल", "โทร", "เบอร์", "ফোন", "মোবাইল", "모바일", "モバイル", "همراه", "گوشی", "واتساب", "微信同号",
)  # fmt: skip
_WEAK_WORDS = labels(
    "mon num",
    "my line",     "(?:my|his|her|our|your|their|this|emergency) number", "number is", "reached (?:at|on|under)", "nummer", "numéro", "numero", "número", "numer", "číslo", "broj", "\\w{0,10}száma?m?", "numărul", "numara\\w{0,4}",
    "номер", "номером", "αριθμός", "号码", "號碼", "番号", "번호", "رقم", "رقمي", "شماره", "מספר", "נומר", "नंबर", "số của", "nomor", "(?:me|us|him|her) (?:at|on|under)",
)  # fmt: skip
"""They may be said of a telephone's number, and of any other."""
_NEAR = 16
"""Characters within which a word says that six digits are a telephone."""
_SHAPED = re.compile(
    r"(?:(?:1[ .-]?)?\(\d{3}\)[ .-]{0,2}|(?:1[.-])?\d{3}[.-]|1 \d{3} |[2-9]\d\d )\d{3}[ .-]\d{4}(?:\s?(?:ext|x)\.?\s?\d{1,5})?"  # North America
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|[6-9]\d{4}[ -]\d{5}"  # China, India
    r"|\(\+?\d{2,5}\) ?\d{2,9}(?:[ -]\d{2,5}){0,3}|\(0?\d{2,5}\) ?\d{2}/\d{3}-\d{4}|\d\d/\d{3}[ -]\d{4}"  # an area in brackets; Hungary
    r"|8[ -]?(?:\(\d{3}\)|9\d\d)[ -]?\d{3}[ -]?\d\d[ -]?\d\d|8[3-9]\d{9}|8 \d{3} \d{3} (?:\d{4}|\d\d \d\d)|\d{3} \d{3} \d\d \d\d|[1-9]\d\d-\d\d-\d\d"  # Russia and neighbours
    r"|[1-9]\d[ -]9?\d{4}-\d{4}|06[ -]\d{1,2}[/ -]\d{3}[ -]?\d{4}|[26]\d{3} \d{3} \d{3}|3\d\d[ .-]\d{3}[ .-]?\d{4}"  # Brazil, Japan, Hungary, Greece, Italy
    r"|[67]\d\d[ .-]\d{3}[ .-]\d{3}|[458]\d\d \d{3} \d{3}|[49]\d\d \d\d \d{3}|0 \d{2,3}(?: \d{2,3}){2,4}|69\d{8}|[6-9]\d\d \d\d \d\d \d\d|\d{3}-\d{3}-\d{3}|\d\d \d{3} \d\d \d\d|69\d\d \d{6}"  # Spain, Poland, Switzerland, Greece
    r"|0\d{2,4}/ ?\d{3}(?:[ -]?\d{1,4}){1,3}|0[1-9]\d?-\d{2,3} \d\d \d\d|0[- ]\d{4}[- ]\d{4}|0[1-9]\d{7,9}|0\d{1,4}-\d{5,8}|0\d{1,4}-\d{2,4}-\d{3,4}|0\d{1,3}\.\d{2,4}\.\d{2,4}(?:\.\d{2,4})?|0[1-9]\d{0,3}[ -]\d{2,8}(?:[ -]\d{2,6}){1,4}"  # with a trunk's zero
)
"""Forms of national numbers that hardly anything else has."""
_TRUNK_FIRST = re.compile(r"\(?0[1-9]\d{1,3}\)? [-/] \d(?:[ -]?\d){6,9}")
"""An area with its zero, a wide sign, the rest: no sum begins with a zero."""
_DOTTED = re.compile(
    r"(?!\d{1,2}(?:\.\d{1,2}){3}$)(?!(?:(?:1?\d?\d|2[0-4]\d|25[0-5])(?:\.|$)){4}$)(?=(?:\d\.?){9,11}$)\d{2,5}(?:\.\d{2,8}){1,4}"
)
"""Written with dots, as versions and decimals are: right behind a word for telephones it is one, but no address of the net."""
_OTHER = re.compile(r"\d{3}-\d\d-\d{4}$|24/7|(?!00)\d\d(?:-\d\d){5,}$")
"""A number of American social security; day and night; more pairs than any telephone has."""
_TRUNK = re.compile(r"\(?0\d")
_TRUNK_REGIONS = ("GB", "FR", "DE", "JP", "IN", "AU", "NL", "CH", "AT", "BE", "SE", "FI", "TR", "KR", "VN", "ID", "UA", "IL", "ZA", "IT", "TW", "EG", "IR", "NZ", "NG", "PK", "TH", "MY", "PH", "BR")  # fmt: skip
_ANY_REGIONS = (
    "NO",
    "DK",
    "SG",
    "HK",
    "LU",
    "GR",
    "PT",
    "ES",
    "IT",
    "IN",
    "NP",
    "CO",
    "AE",
    "GH",
    "LI",
    "AM",
    "US",
    "MX",
    "CR",
    "GT",
    "CN",
)
"""Where numbers are dialled as they stand, without a trunk's zero."""
_ROUND = re.compile(r"\d{1,4}00-\d{1,4}00")
"""From one quantity to another."""


@lru_cache(maxsize=4096)
def _valid(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) or (region is None and phonenumbers.is_possible_number(parsed))


def _has_calling_code(digits: str) -> bool:
    return any(int(digits[:length]) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3))


def _rule(text: str, match: re.Match[str], digits: str) -> str | None:
    """Say what makes a candidate a telephone number; None if nothing does."""
    found, start, end = match[0], match.start(), match.end()
    if found.lstrip("(").startswith("+"):
        return _international(found, digits)
    if says(_WORDS, text, start, 40 if len(digits) > 6 else _NEAR) or says_after(_WORDS, text, end):
        return "context"
    if len(digits) < 7:
        return None
    if found.startswith("00") and _valid("+" + digits[2:], None):
        return "international"
    if _SHAPED.fullmatch(found):
        return "national form"
    if (
        found.count(" ") >= 2
        and "-" not in found
        and re.search(r"\d{3}", found)
        and len(digits) >= 11
        and _valid("+" + digits, "ZZ")
    ):
        return "international"
    weakly = says(_WEAK_WORDS, text, start, 28) or says_after(_WEAK_WORDS, text, end)
    if weakly and _looks_dialled(found, digits):
        return "context"
    grouped = re.search(r"\d[ .\-/)]+\d", found) is not None or len(digits) in {10, 11}
    if 8 <= len(digits) <= 12 and is_beside_a_name(text, match) and any(_valid(digits, each) for each in _ANY_REGIONS):
        return "beside a name"
    plausible = _TRUNK.match(found) and 9 <= len(digits) <= 12 and grouped
    return "national form" if plausible and any(_valid(digits, each) for each in _TRUNK_REGIONS) else None


def _international(found: str, digits: str) -> str | None:
    grouped = re.search(r"\d[ .\-/()]+\d", found) is not None
    known = _has_calling_code(digits) and (len(digits) >= 10 or (grouped and len(digits) >= 8))
    return "international" if known or _valid("+" + digits, None) else None


def _looks_dialled(found: str, digits: str) -> bool:
    """Tell digits in groups, or as many as a subscriber's number has, from a quantity."""
    return 8 <= len(digits) <= 11 or re.search(r"\d[ \-/()]+\d", found) is not None


def _is_no_telephone(text: str, match: re.Match[str], digits: str) -> bool:
    """Tell what is too short or too long, counts, is round, nobody's, or a part of something else."""
    if not 6 <= len(digits) <= 15 or len(digits.rstrip("0")) <= 3 or digits.endswith("000000"):
        return True
    if (
        is_run(digits[-7:])
        or (len(digits) == 10 and is_run(digits))
        or FICTION.search(digits)
        or _OTHER.match(match[0])
    ):
        return True
    goes_on = len(digits) >= 14 and re.match(r" \d", text[match.end() : match.end() + 2]) is not None
    if goes_on or _ROUND.fullmatch(match[0]) or is_within_account(text, match.start()):
        return True
    return RESERVED.search(digits) is not None and not (
        says(_WORDS, text, match.start(), 28) or says(_WEAK_WORDS, text, match.start(), 28)
    )


def _candidates(text: str) -> Iterator[re.Match[str]]:
    done = 0
    for digits in _DIGITS.finditer(text):
        start, end = max(done, digits.start() - _HEAD), digits.end() + _TAIL
        while (match := _CANDIDATE.search(text, start, end)) and match.start() < digits.end():
            yield match
            start = done = match.end()


def _spans(text: str) -> Iterator[Span]:
    otherwise: Sequence[tuple[int, int]] | None = None
    for match in _candidates(text):
        if is_date(match[0]):
            continue
        digits = re.sub(r"\D", "", re.split(r"ext|x|Durchwahl", match[0])[0])
        if _is_no_telephone(text, match, digits):
            continue
        rule = _rule(text, match, digits)
        if rule is None:
            continue
        otherwise = vetoed(text) if otherwise is None else otherwise
        dotted = rule == "context" and _DOTTED.fullmatch(match[0]) and says(_WORDS, text, match.start(), 18)
        if (
            rule == "international"
            or dotted
            or _TRUNK_FIRST.fullmatch(match[0])
            or not overlaps(otherwise, *match.span())
        ):
            yield Span(*match.span(), Kind.PHONE, rule)


RECOGNISER = Recogniser(Kind.PHONE, r"\d(?:[ .\-/()]{0,2}\d){5}", _spans)
