# ruff: noqa: E501 (a form reads best in one line)
"""Precise addresses: a street with a house's number; looser forms where a text says that it is one."""

import re
from collections.abc import Iterator
from functools import cache

from export.personal_data.context import labels
from export.personal_data.gate import Gate, fast_gate
from export.personal_data.recognisers.address_forms import (
    COUNTED,
    FLAT,
    FORMS,
    GATES,
    LAST,
    MARK,
    MORE_FLAT,
    NAME,
    POST_4,
    POST_5,
    SAID_WORDS,
    SEP,
    SMALL,
    STREET,
)
from export.personal_data.span import Kind, Recogniser, Span

_LINE_END = re.compile(r"(?<![\n])\n(?!\n)")
"""Within an address a new line is a comma, also one that is written as a sign."""
_PART = rf"(?:{MORE_FLAT}|{FLAT})"
_TAIL = re.compile(
    rf"(?:(?:{SEP}|-| - |/)(?:{_PART}|(?:{MARK})?(?:{SMALL}){{0,2}}{NAME})){{0,9}}(?:{SEP}| - )(?:(?:CEP|C\.?P\.?|PLZ)[: ]{{1,2}})?"
    rf"(?:{LAST}|(?:{POST_5}|{POST_4}|[A-Z]\d{{4}}(?:[A-Z]{{3}})?(?= )|\d{{6}})(?!\d)(?:,? ?(?:{SMALL}){{0,2}}{NAME}(?:[ -](?:{SMALL}){{0,2}}{NAME}){{0,3}})?(?: \([A-Z]{{2}}\)| ?/ ?{NAME})?)"
    rf"|(?:(?:{SEP}|/){_PART}){{1,5}}(?:{SEP}{MARK}{NAME}){{0,3}}(?:{SEP}\d{{5,6}}(?!\d))?"
)
"""The rest of an address: flat, place, postcode."""
_LEAD = re.compile(
    rf"(?<![^\s:(\"'])(?:(?:\d{{4,6}}|\d{{3}} \d\d|\d\d-\d{{3}}),? (?:{MARK})?{NAME}(?:[ -]{NAME})?|(?:г|м|гр)\. ?{NAME}),{{1,2}} ?$"
)
"""The beginning of an address: a postcode and a place."""
_MORE = re.compile(rf"(?<!\.)(?:[ -](?:{SMALL}){{0,2}}{NAME}){{0,3}}(?: \([A-Z]{{2}}\)| ?/ ?[A-Z]{{2}}(?!\w))?")
"""The rest of a place's name."""
_KNOWN = re.compile(
    r"(?i)^(?:10 downing|1600 pennsylvania|1600 amphitheatre|221b? baker|3 abbey|21 jump|742 evergreen|(?:123|1234) (?:main|any|fake|example|maple|elm|oak|street)|4 privet|350 fifth|1 infinite|one apple"
    r"|11 wall|51 franklin|59 temple|675 mass|5 star|\d{1,3}(?:st|nd|rd|th)\b|12 grimmauld|1 hacker|1 microsoft|42 wallaby|8 mile|124 conch|31 spooner|1313 mockingbird|32 windsor gardens|308 negra|30 rockefeller|24 sussex|1 apple)|musterstra(?:ß|ss)e|rue de l'exemple|calle falsa|examplestr|p\.?o\.? box 123\b"
)
_YEAR = re.compile(r"(?:19|20)\d\d (?![^\n;:!?]{3,70}[ ,][A-Z]{2},? (?:\d{5}(?!\d)|[A-Z]\d[A-Z] ?\d[A-Z]\d(?!\w)))")
"""No house's number, unless a state and a postcode follow."""
_SAID = labels(*SAID_WORDS)
_NO_PLACE = re.compile(r"(?i)(?:e-?mail|ip|mac|web|memory|http|url|bitcoin|wallet|contract|public|private)[ _-]?$")
"""What makes an address another one than a place."""
_LOOSE = re.compile(
    rf"\d{{1,5}}[a-z]? (?:[a-z]{{2,15}} ){{1,3}}(?:{STREET.lower()})\b|(?=[^\n]{{0,90}}\d)(?=[^\n]{{0,60}}(?:{NAME}))(?:[^\W\d_]{{1,3}}\. ?|(?:{SMALL}){{0,2}}{NAME}|\d{{1,6}}[A-Za-z]?(?:[-/]\d{{1,5}}[a-z]?){{0,4}}|№|#|{FLAT})"
    rf"(?:[,،]? ?[ -]? ?(?:(?:{SMALL}){{0,2}}{NAME}|(?<![\d-])\d{{1,10}}[A-Za-z]?(?:[-/]\d{{1,5}}[a-z]?){{0,4}}|№|{FLAT})){{1,14}}"
)
"""Names and numbers in a row, as the rest of what a text says is an address."""


@cache
def _forms() -> tuple[Gate, list[tuple[str, re.Pattern[str]]]]:
    gates = [*GATES.values(), "(?i)" + "|".join(SAID_WORDS)]
    return fast_gate(gates), [(name, re.compile(FORMS[name])) for name in GATES]


def _spans(text: str) -> Iterator[Span]:
    gate, forms = _forms()
    line = _LINE_END.sub(",", text) if "\n" in text else text
    if "\\" in line:
        line = line.replace("\\n", ", ")
    tried = gate(line)
    found = [
        (match.start(), -match.end(), name)
        for name, form in (forms[index] for index in tried if index < len(forms))
        for match in form.finditer(line)
        if not _is_known(match)
    ]
    if len(forms) in tried:
        found += [(start, -end, "context") for start, end in _said(line)]
    parts: list[tuple[int, int, str]] = []
    reach, extended = 0, False
    for start, minus_end, name in sorted(found):
        tail = _TAIL.match(line, -minus_end)
        end = tail.end() if tail else -minus_end
        extended = extended or tail is not None
        if name.endswith("place"):
            more = _MORE.match(line, end)
            end = more.end() if more else end
        if start >= reach:
            yield from _joined(line, parts)
            parts = []
        parts.append((start, end, name))
        reach = max(reach, end)
    yield from _joined(line, parts)
    for start, minus_end, name in found if extended else ():  # alone, should the rest reach into something else
        yield from _span(line, start, -minus_end, name)


def _is_known(match: re.Match[str]) -> bool:
    return bool(_KNOWN.search(match[0]) or _YEAR.match(match.string, match.start()))


def _joined(line: str, parts: list[tuple[int, int, str]]) -> Iterator[Span]:
    """Yield what overlaps as one; then each alone, should the whole reach into something else."""
    if len(parts) > 1:
        yield from _span(line, parts[0][0], max(end for _, end, _ in parts), parts[0][2])
    for part in parts:
        yield from _span(line, *part)


def _span(line: str, start: int, end: int, name: str) -> Iterator[Span]:
    length = len(line[start:end].rstrip(" .,'\n"))
    if length:
        lead = _LEAD.search(line, max(0, start - 60), start)
        yield Span(lead.start() if lead else start, start + length, Kind.ADDRESS, name)


def _said(line: str) -> Iterator[tuple[int, int]]:
    for word in _SAID.finditer(line):
        match = _LOOSE.search(line, word.end(), word.end() + 140)
        if (
            match is None
            or _NO_PLACE.search(line[max(0, word.start() - 9) : word.start()])
            or match.start() - word.end() > 6
            or _is_known(match)
        ):
            continue
        words = re.findall(r"[^\W\d_]{2,}", match[0])
        is_long = len(words) >= 2 or "," in match[0] or not match[0].isascii() or re.search(r"\d{4}", match[0])
        if (
            is_long
            and re.search(r"(?<!0x)\d", match[0])
            and not match[0].startswith("0x")
            and len(match[0]) >= 6
            and not re.match(COUNTED, match[0])
        ):
            yield match.span()


RECOGNISER = Recogniser(Kind.ADDRESS, r"\d", _spans)
