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
    r"(?<![\w.,-])(?:\d(?:[ -]?\d){5,27}(?:[A-Z0-9]{0,24}[A-Z])?|[A-Z]{4}\d{6,24}|[A-Z]\d{6,26}[A-Z0-9]?)(?![\w]|[.,]\d)",
    re.ASCII,
)
_ACCOUNT_WORDS = labels(
    "account (?:number|no|num|nr)s?",
    "(?:bank|checking|savings|giro) ?account",
    "acct",
    "a/c",
    "routing",
    "sort code",
    "konto(?:nummer|nr|numer)?",
    "kontonummer",
    "cuenta(?: bancaria)?",
    "clabe",
    "compte bancaire",
    "conto corrente",
    "conta(?: corrente| bancária)",
    "rekening(?:nummer)?",
    "nr konta",
    "número de cuenta",
    "numéro de compte",
    "rekeningnummer",
    "银行账号",
    "账号",
    "口座番号",
    "계좌",
    "p[āa]rskait\\w*",
    "bban",
    "hesap(?: no| numara\\w*)?",
    "账户",
    "帳號",
    "расчётный счёт",
    "рахун\\w*",
    "حساب",
    "חשבון",
    "номер сч[её]та",
)


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
    for match in _NUMBER.finditer(text):
        if (
            len(set(match[0])) > 3
            and says(_ACCOUNT_WORDS, text, match.start(), 36)
            and not is_run(re.sub(r"\D", "", match[0]))
        ):
            yield Span(*match.span(), Kind.ACCOUNT, "context")


IBAN = Recogniser(Kind.IBAN, r"(?i)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11}", _ibans)
ACCOUNT = Recogniser(
    Kind.ACCOUNT,
    r"(?i)(?:account|acct|a/c|routing|sort code|konto|nr konta|cuenta|clabe|compte|conto|conta|rekening|账号|口座|계좌|сч[её]т|рахун|hesap|账户|帳號|bban|حساب|חשבון)",
    _accounts,
)
