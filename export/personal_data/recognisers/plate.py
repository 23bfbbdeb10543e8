# ruff: noqa: E501 (a form reads best in one line)
"""Number plates, where the text says that it is one, and in the forms that nothing else has."""

import re
from collections.abc import Iterator

from export.personal_data.context import labels, says, says_after
from export.personal_data.placeholders import is_placeholder
from export.personal_data.span import Kind, Recogniser, Span

_WORDS = labels(
    "(?:licen[cs]e|number|registration|car|vehicle)[ _-]?plates?(?:_(?:number|no))?",
    "plate (?:number|no)",
    "plates? ?(?:is|are|reads?|was|:|#)?",
    "registered (?:as|under)",
    "plaque",
    "plaat",
    "registračn\\w*",
    "spz",
    "rendszám\\w*",
    "tablica",
    "nomor polisi",
    "biển số",
    "nummerplade",
    "registreringsnummer",
    "skilt(?:nummer)?",
    "rekisterinumero",
    "tag number",
    "πινακίδα",
    "регистрационн\\w*",
    "номерн\\w{2} знак\\w{0,2}",
    "автомобільн\\w* номер",
    "înmatricul\\w*",
    "(?:plat nomor|nomor plat)",
    "registarsk\\w*",
    "tablic[ae]\\w{0,2}",
    "nummerplaten?",
    "গাড়ির নম্বর",
    "車牌",
    "ทะเบียน",
    "לוחית",
    "מספר רכב",
    "لوحة",
    "پلاک",
    "(?:vehicle|car|bike|truck) (?:reg(?:istration)?(?: number)?|no\\.?|number)",
    "(?:nr|numer|numery) rej\\.?",
    "номер (?:авто\\w*|тачки|ТС)",
    "nopol",
    "no\\.? ?pol(?:isi)?",
    "車(?:両|輛)?番号",
    "차 번호",
    "자동차\\s?번호",
    "(?:n[uú]mero de )?placas",
    "kennz\\.",
    "patente ?:",
    "patente (?:n[°º]|del?|mi)\\w*",
    "дк номер",
    "reg(?:istrerings)?\\.?-?(?:nr|nummer)\\.?",
    "rego",
    "špz",
    "ečv",
    "kennzeichen",
    "nummernschild",
    "immatricul\\w*",
    "immat\\.?",
    "chapa",
    "matriculad[oa]",
    "targat[ao]",
    "(?-i:Kfz)\\w*",
    "targa",
    "placa",
    "kenteken",
    "rejestracyjn[ya]\\w*",
    "rejestracja",
    "plaka(?:m|sı)?",
    "matrícula",
    "гос(?:\\.|ударственный)? ?(?:рег\\w*\\.? ?)?номер\\w*",
    "номер машины",
    "车牌",
    "ナンバー",
    "차량번호",
)
_PLATE = re.compile(
    r"\d{2}[A-Z]\d?[- ]\d{3}\.\d{2}(?!\d)|\d{2,3}\s?[가-힣]\s?\d{4}(?!\d)|(?<![A-Za-z0-9_-])(?:[A-ZÄÖÜĐА-Я0-9]{1,5}|[\u0621-\u064a](?: [\u0621-\u064a]){0,2}|(?<![\u0e01-\u0e5b])[ก-ฮ]{1,3})(?:[ ·-]?(?:[A-ZÄÖÜĐА-Я0-9]{1,4}|[ก-ฮ]{1,3})){1,4}(?![A-Za-z0-9_-])"
)
_LABEL = re.compile(
    r"(?i)(?<![a-z])(?:vrm|rego?(?:istration)?(?: (?:no|number|mark|plate))?)\.?[\"']?(?:\sis|\swas)?\s?[:=#]?\s?[\"']?$"
)
"""What says so only right before it."""
_RUSSIAN = re.compile(r"(?i)(?<!\w)[авекмнорстух]\d{3}[авекмнорстух]{2}\s?\d{2,3}(?!\w)")
"""Twelve letters, that look the same in Latin: so written, hardly anything else."""
_BENGALI = re.compile(r"[ঀ-৿]{2,20}(?: [ঀ-৿]{2,12})?-[ঀ-৿]{1,3} ?\d\d-\d{4}(?!\d)")
_JAPANESE = re.compile(r"[一-龥]{2,4} ?\d{2,3} ?[ぁ-んA-Z] ?(?:\d\d-\d\d|・{1,3}\d{1,3}|・\d-?\d\d)")
_CHINESE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][·. -]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def _mixed(found: str) -> bool:
    """Tell a plate from a word or a quantity: letters and digits, or digits in groups."""
    digits = sum(each.isdigit() for each in found)
    return digits > 0 and (digits < sum(map(str.isalnum, found)) or found.count("-") == 2 or digits >= 5)


def _spans(text: str) -> Iterator[Span]:
    for match in _JAPANESE.finditer(text):
        yield Span(*match.span(), Kind.PLATE, "JP")
    for match in _CHINESE.finditer(text):
        yield Span(*match.span(), Kind.PLATE, "CN")
    for match in _RUSSIAN.finditer(text):
        yield Span(*match.span(), Kind.PLATE, "RU")
    for match in _BENGALI.finditer(text):
        yield Span(*match.span(), Kind.PLATE, "BD")
    for match in _PLATE.finditer(text):
        said = says(_WORDS, text, match.start(), 30) or says_after(_WORDS, text, match.end())
        said = said or says(_LABEL, text, match.start(), 24)
        if 4 <= len(match[0]) <= 13 and _mixed(match[0]) and said and not is_placeholder(match[0]):
            yield Span(*match.span(), Kind.PLATE, "context")


RECOGNISER = Recogniser(
    Kind.PLATE,
    r"(?i)plate|kennz|nummernschild|immat|chapa|targa|placa|Kfz|matriculad|matr[ií]cula|kenteken|rejestrac|plaka|vehicle reg"
    r"|car reg|госномер|车牌|車牌|ナンバー|차량번호|plaque|plaat|plader?\b|nummerplad|registr|registar|înmatric|plat nomor|nomor plat|\bvrm\b|\brego?\b|(?:vehicle|car|bike|truck) n|\brej\b|номер|nopol|no\.? ?pol|番号|번호|placas|patente|regnr|reg\.?-?n|[šs]pz|ečv|[авекмнорстух]\d{3}[авекмнорстух]{2} ?\d\d|автомобільн|গাড়ির|-[ঀ-৿]{1,3} ?\d|spz|rendsz|tablica|polisi|biển số|skilt|rekisteri|tag number|πινακ|регистрац|номерн|ทะเบียน|לוחית|מספר רכב|لوحة|پلاک|\d ?[ぁ-ん] ?[・\d]|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]",
    _spans,
)
