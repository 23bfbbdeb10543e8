# ruff: noqa: E501 (a form reads best in one line)
"""Number plates, where the text says that it is one, and in the forms that nothing else has."""

import re
from collections.abc import Iterator

from export.personal_data.context import labels, says
from export.personal_data.placeholders import is_placeholder
from export.personal_data.span import Kind, Recogniser, Span

_WORDS = labels(
    "(?:licen[cs]e|number|registration|car|vehicle) plates?",
    "plate (?:number|no)",
    "my plates? (?:is|are|reads?)",
    "(?:vehicle|car) reg(?:istration)?(?: number)?",
    "kennzeichen",
    "nummernschild",
    "immatriculation",
    "targa",
    "placa",
    "kenteken",
    "rejestracyjn[ya]\\w*",
    "rejestracja",
    "plaka(?:m|sı)?",
    "matrícula",
    "госномер",
    "номер машины",
    "车牌",
    "ナンバー",
    "차량번호",
)
_PLATE = re.compile(
    r"(?<![\w-])(?=[A-ZÄÖÜ0-9 ·-]{0,9}\d)(?=[A-ZÄÖÜ0-9 ·-]{0,9}[A-ZÄÖÜ])[A-ZÄÖÜ0-9]{1,4}(?:[ ·-]?[A-Z0-9]{1,4}){1,3}(?![\w-])"
    r"|(?<!\w)[АВЕКМНОРСТУХ]\s?\d{3}\s?[АВЕКМНОРСТУХ]{2}\s?\d{2,3}(?!\w)|\d{2,3}\s?[가-힣]\s?\d{4}"
)
_CHINESE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][·. ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def _spans(text: str) -> Iterator[Span]:
    for match in _PLATE.finditer(text):
        if 4 <= len(match[0]) <= 11 and says(_WORDS, text, match.start(), 30) and not is_placeholder(match[0]):
            yield Span(*match.span(), Kind.PLATE, "context")
    for match in _CHINESE.finditer(text):
        yield Span(*match.span(), Kind.PLATE, "CN")


RECOGNISER = Recogniser(
    Kind.PLATE,
    r"(?i)plate|kennzeichen|nummernschild|immatriculation|targa|placa|matr[ií]cula|kenteken|rejestrac|plaka|vehicle reg"
    r"|car reg|госномер|номер машины|车牌|ナンバー|차량번호|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]",
    _spans,
)
