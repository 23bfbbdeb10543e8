# ruff: noqa: E501 (a form reads best in one line)
"""Bank accounts: IBANs by their checksum, others by what is said before them."""

import re
from collections.abc import Iterator

from stdnum.iso7064 import mod_97_10

from export.personal_data.context import labels, says
from export.personal_data.placeholders import EXAMPLE_IBANS, is_run
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
_NUMBER = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){5,19}(?![\w]|[.,]\d)")
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
    "расчётный счёт",
    "номер сч[её]та",
)


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = _LENGTH_OF.get(match[0][:2].upper())
        places = [place for place, each in enumerate(match[0]) if each.isalnum()]
        if length is None or len(places) < length:
            continue
        end = match.start() + places[length - 1] + 1
        number = re.sub(r"[ -]", "", text[match.start() : end]).upper()
        cut = text[end : end + 1]
        if not cut.isalnum() and number not in EXAMPLE_IBANS and mod_97_10.is_valid(number[4:] + number[:4]):
            yield Span(match.start(), end, Kind.IBAN, number[:2])


def _accounts(text: str) -> Iterator[Span]:
    for match in _NUMBER.finditer(text):
        if says(_ACCOUNT_WORDS, text, match.start(), 36) and not is_run(re.sub(r"\D", "", match[0])):
            yield Span(*match.span(), Kind.ACCOUNT, "context")


IBAN = Recogniser(Kind.IBAN, r"(?i)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11}", _ibans)
ACCOUNT = Recogniser(
    Kind.ACCOUNT,
    r"(?i)(?:account|acct|a/c|routing|sort code|konto|nr konta|cuenta|clabe|compte|conto|conta|rekening|账号|口座|계좌|сч[её]т)",
    _accounts,
)
