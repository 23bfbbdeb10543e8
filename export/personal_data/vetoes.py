"""Numbers that are plainly something else, and so neither a phone nor an identity."""

import re

_OTHERWISE = re.compile(
    r"\b10\.\d{4,9}/\S+"  # a DOI
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?(?![\d.]*\d)"  # an IP address
    r"|\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?(?!\d)"
    r"|(?<![\d.])(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d(?![\d-])"
    r"|\b(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d\b"  # years
    r"|(?<![\w.])[-+]?\d+\.\d{5,}(?:e[-+]?\d+)?(?![\w.])"  # a decimal
    r"|(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])"  # thousands
    r"|\bv?\d+\.\d+\.\d+(?:[-+.]\w+)*\b(?<!\d\.\d{4})(?=\W|$)(?<![.\d]{12})"  # a version
    r"|(?i:\b(?:isbn|issn|arxiv|rfc|cve|ticket|issue|order|invoice|sku|upc|ean|part|model|version|build|serial|tracking"
    r"|id|pid|port|bug|commit|row|line|page|doi|pmid|oeis|timestamp|epoch|seed)(?:[ -]?1[03]|[ -]?no\.?| number| code)?"
    r"\s?(?:is|was)?[:#=\s-]{0,3})\d[\d .\-]{4,20}\d"
    r"|(?<!\d)97[89][ -]?\d(?:[ -]?\d){8}[ -]?[\dX](?!\d)"  # an ISBN
    r"|\d[\d ]*[*/^=×÷<>]\s?\d[\d .]*|\d\s[-+]\s\d[\d .]*"  # arithmetic
)


def vetoed(text: str) -> list[tuple[int, int]]:
    """Return where such numbers stand, in order."""
    return [match.span() for match in _OTHERWISE.finditer(text)]


def overlaps(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Tell whether a place touches one of the spans."""
    return any(first < end and start < last for first, last in spans)
