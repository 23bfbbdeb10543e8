# ruff: noqa: E501 (a form reads best in one line)
"""Bank accounts: IBANs by their checksum, others by what is said before them."""

import re
from collections.abc import Iterator

from stdnum.iso7064 import mod_97_10

from export.personal_data.context import labels, says
from export.personal_data.placeholders import EXAMPLE_IBANS, is_placeholder, is_run
from export.personal_data.span import Kind, Recogniser, Span

_LENGTHS = {
    int(length): frozenset(countries.split())
    for length, countries in {
        "15": "NO",
        "16": "BE",
        "18": "DK FO FI GL NL SD",
        "19": "MK SI",
        "20": "AT BA EE KZ LT LU XK MN",
        "21": "CH HR LI LV",
        "22": "BG BH CR DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM TL SO",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST",
        "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA",
        "30": "JO KW MU YE",
        "31": "MT SC",
        "32": "LC",
        "33": "RU",
    }.items()
}
"""Length of an IBAN: countries, from the registry of ISO 13616."""
_LENGTH_OF = {country: length for length, countries in _LENGTHS.items() for country in countries}

_IBAN = re.compile(r"(?i)(?<![a-z0-9])[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,30}")
_PIECE = re.compile(
    r"[A-Z]{2}\d{2}(?=(?:[A-Z]{0,6}\d){6})(?:[A-Z0-9]{10,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)(?![A-Za-z0-9])"
)
_IBAN_WORD = re.compile(r"(?i)iban")
_NUMBER = re.compile(
    r"(?<![\w.-])(?<!\d,)(?:(?:\d{1,6}-\d{2,10}|\d{6,10})/\d{4}(?!\d)|\d(?:[ -]?\d){5,27}(?:[A-Z0-9]{0,24}[A-Z])?|[A-Z]{4}\d{6,24}|[A-Z]\d{6,26}[A-Z0-9]?)(?![\w]|[.,]\d)",
    re.ASCII,
)
_SIX = re.compile(r"\d(?:[ /-]?\d){5}", re.ASCII)
"""Without it there is no number, and to see that takes less time than to try each place."""
_ACCOUNT_WORDS = labels(
    "acc(?:oun)?t?[ ._-]?(?:number|no|num|nr|#)s?", "(?:bank|checking|savings?|giro|current|deposit)[ _]?acc(?:ount|t)?", "acct", "a/c", "routing", "aba", "sort[ -]?code", "bsb", "ifsc",
    "transit (?:number|no)", "konto(?:nummer|nr|numer)?", "kto(?:-?nr)?", "blz", "cuenta(?: bancaria)?", "clabe", "cbu", "compte(?: bancaire| n[°o])", "n[°o] de compte", "(?:numero (?:di |del )?)?conto(?: corrente)?", "खाता(?: संख्या| नंबर| क्रमांक)", "বাংক হিসাব|হিসাব নম্বর", "เลขที่บัญชี|เลขบัญชี", "αριθμ\\w* λογαριασμού", "številka računa", "č[ií]slo účt?u", "számlaszám\\w*", "tilinumero", "kontonr", "c/c", "conta(?: corrente| bancária| poupança)?", "agência",
    "rek(?:ening)?(?:nummer)?", "norek", "nr konta", "konta", "nr rachunku", "número de cuenta", "numéro de compte", "guichet", "(?-i:RIB)", "bankgiro", "plusgiro", "clearing(?:nr|nummer)?", "p[āa]rskait\\w*", "bban", "hesap(?: no| numara\\w*)?", "iban",
    "银行账号", "账号", "帐号", "账户", "帳號", "帳戶", "卡号", "卡號", "口座", "계좌", "stk", "số tài khoản", "tài khoản", "расч[её]тный сч[её]т", "р/сч?", "сч[её]т\\w{0,2} (?:получателя|№)", "номер сч[её]та", "на сч[её]т", "рахун\\w*", "حساب", "חשבון",
)  # fmt: skip
_ACCOUNT = re.compile(
    r"(?i)(?:(?<![A-Za-z_])(?:(?<!into )account|acc|transit)\s?(?:is|was|:|#|=|\()?|(?<!take )(?<!takes )(?<!taken )(?<!taking )(?<!took )(?<![A-Za-z])into (?:my |the |his |her |our )?account:?|(?:普通|当座)(?:預金|口座)?|은행)\s?[:：(]?$"
)
"""The word alone says it only right before a number: accounts are also with the mail and the game."""
_RUSSIAN = re.compile(r"(?<![\w.-])4(?:0[578]|2[0-6])\d\d(?:810|643|840|978)\d{12}(?!\d)")
"""A Russian bank's account tells its kind and its currency."""


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        end = _iban_end(text, match)
        if end is not None:
            yield Span(match.start(), end, Kind.IBAN, match[0][:2].upper())


def _iban_end(text: str, match: re.Match[str]) -> int | None:
    """Return where an IBAN ends: as long as its country has them; else, written in one piece, of whatever length."""
    places = [place for place, each in enumerate(match[0]) if each.isalnum()]
    length = _LENGTH_OF.get(match[0][:2].upper(), 0)
    if 0 < length <= len(places) and _is_iban(text, match.start(), match.start() + places[length - 1] + 1):
        return match.start() + places[length - 1] + 1
    piece = _PIECE.match(match[0])
    if piece is None:
        return None
    end = match.start() + piece.end()
    said = _IBAN_WORD.search(text, max(0, match.start() - 24), match.start()) is not None
    is_example = piece[0] in EXAMPLE_IBANS or is_placeholder(piece[0])
    return end if _is_iban(text, match.start(), end) or (said and not is_example) else None


def _is_iban(text: str, start: int, end: int) -> bool:
    number = re.sub(r"[ -]", "", text[start:end]).upper()
    cut = text[end : end + 1]
    free = not (cut.isalnum() and cut.isascii())
    return free and number not in EXAMPLE_IBANS and mod_97_10.is_valid(number[4:] + number[:4])


def _accounts(text: str) -> Iterator[Span]:
    first = _SIX.search(text)
    for match in _NUMBER.finditer(text, max(0, first.start() - 4)) if first else ():
        if (
            len(set(match[0])) > 3
            and (
                says(_ACCOUNT_WORDS, text, match.start(), 36)
                or says(_ACCOUNT, text, match.start(), 28)
                or _RUSSIAN.match(match[0])
            )
            and not is_run(re.sub(r"\D", "", match[0]))
        ):
            yield Span(*match.span(), Kind.ACCOUNT, "context")


IBAN = Recogniser(Kind.IBAN, r"(?i)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11}", _ibans)
ACCOUNT = Recogniser(
    Kind.ACCOUNT,
    r"(?i)(?:acc|a/c|c/c|routing|aba|sort.?code|bsb|ifsc|transit|kto|blz|cbu|agência|\brek|norek|guichet|\brib|giro|clearing|stk|tài khoản|普通|当座|은행|р/с|[帐帳][号户號戶]|卡[号號]|\b4(?:0[578]|2[0-6])\d{17}|kont[oa]|खाता|হিসাব|บัญชี|λογαριασ|račun|účt?u|számlasz|tilinum|cuenta|clabe|compte|conto|conta|rekening|账号|口座|계좌|сч[её]т|рахун|hesap|账户|帳號|bban|حساب|חשבון)",
    _accounts,
)
