# ruff: noqa: E501 (a form reads best in one line)
"""Coordinates precise enough to find a house (four decimals are 11 metres), where they are said to be a place."""

import re
from collections.abc import Iterator

from export.personal_data.context import labels, says
from export.personal_data.span import Kind, Recogniser, Span

_DECIMAL = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<lat>[-+]?\d{1,2}\.\d{4,})\s?(?P<mark>°\s?[NS]?|\s?[NS]\b)?\s?[,;/ ]\s{0,2}"
    r"(?:lng|lon|long|longitude)?[:= ]{0,2}(?P<lon>[-+]?\d{1,3}\.\d{4,})\s?(?:°\s?[EWO]?|[EWO]\b)?(?![\w.]\d)"
)
_DEGREES = (
    r"\d{1,3}\s?(?:°|º|deg)\s?\d{1,2}(?:\.\d{1,8})?\s?(?:['′’]|min)(?:\s?\d{1,2}(?:\.\d{1,8})?\s?(?:[\"″”]|''|sec))?"
)
_APART = r"(?:[,;/\s]|and|GPS|[Ll]ong(?:itude)?|[:=]){1,8}"
_SEXAGESIMAL = re.compile(
    rf"{_DEGREES}\s?[NS]\b{_APART}{_DEGREES}\s?[EWO]\b"
    rf"|(?<!\w)[NS]\s?{_DEGREES}{_APART}[EWO]\s?{_DEGREES}"
    r"|(?<!\w)[NS]\s?\d{1,2}°?\s\d{1,2}\.\d{3}['′’]?[,\s]{1,3}[EWO]\s?\d{1,3}°?\s\d{1,2}\.\d{3}['′’]?(?!\d)"
)
"""Degrees, minutes and seconds; the last form is that of hidden treasures."""
_DEGREE = re.compile(r"[°º]|\ddeg|\d deg|[NS] ?\d{1,2} \d")
"""Without it there is none of them."""
_NAMED = re.compile(
    r"(?i)(?<![a-z])(?:\w{1,12}_)?lat(?:itude)?[\"'&]{0,2}\s?[:=]?\s?[\"']?[-+]?(?P<lat>\d{1,2}\.\d{4,})[^\d.<>]{0,12}?"
    r"(?<![a-z])(?:\w{1,12}_)?(?:lon(?:gitude)?|lng|long)[\"']?\s?[:=]?\s?[\"']?[-+]?(?P<lon>\d{1,3}\.\d{4,})"
)
"""A pair of numbers that says of each what it is, as in a form, a file and the address of a map."""
_WORDS = labels(
    "lat(?:itude)?", "lat[_/]?(?:lng|lon)\\w*", "(?:\\w{1,12}_)?(?:location|coords?|position|gps|geo)", "standortes?", "meet(?: me)?", "ubicad[oa]", "lon(?:gitude)?", "coord(?:inate)?s?", "gps", "geo", "location", "located", "position", "maps?",
    "pin", "(?-i:POINT)", "geometry", "where is", "live", "home", "house", "koordinaten", "standort", "coordonnées", "ubicación", "coordenadas",
    "coordinate", "ma position", "localiza[çc][ãa]o", "localización", "posizione", "położenie", "współrzędne", "locatie", "lokasi", "koordinat\\w{0,3}", "konum\\w{0,3}", "platsen?", "posisjon", "sijainti",
    "souřadnice", "polohu?", "vị trí", "tọa độ", "συντεταγμένες", "座標", "坐标", "定位", "位置", "现在地", "現在地", "координат\\w{0,2}", "местоположени\\w", "геолокаци\\w", "좌표", "위치", "موقعي", "الموقع", "إحداثيات", "موقعیت", "מיקום", "स्थान", "लोकेशन", "พิกัด",
)  # fmt: skip


def _spans(text: str) -> Iterator[Span]:
    for match in _DECIMAL.finditer(text):
        inside = abs(float(match["lat"])) <= 90 and abs(float(match["lon"])) <= 180
        if inside and (match["mark"] or says(_WORDS, text, match.start())):
            yield Span(*match.span(), Kind.COORDINATES, "decimal")
    for match in _NAMED.finditer(text):
        if float(match["lat"]) <= 90 and float(match["lon"]) <= 180:
            yield Span(*match.span(), Kind.COORDINATES, "named")
    for match in _SEXAGESIMAL.finditer(text) if _DEGREE.search(text) else ():
        yield Span(*match.span(), Kind.COORDINATES, "sexagesimal")


RECOGNISER = Recogniser(
    Kind.COORDINATES,
    r"\d\.\d{4}|\d ?(?:[°º]|deg) ?\d{1,2}(?:\.\d{1,8})? ?(?:['′’]|min)|[NS] ?\d{1,2}°? \d{1,2}\.\d{3}",
    _spans,
)
