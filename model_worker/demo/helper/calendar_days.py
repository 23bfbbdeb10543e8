"""Finding the days that a text names."""

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

Lookup = Callable[[date], date]

_MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FORMS = (
    re.compile(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n>{_MONTH})\b\.?(?:,?\s+(?P<y>\d{{4}}))?", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?", re.IGNORECASE),
)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")


def _next_on(month: int, day: int) -> Lookup:
    return lambda today: date(today.year + (today > date(today.year, month, day)), month, day)


_NAMED: Mapping[str, Lookup] = {
    "day after tomorrow": lambda today: today + timedelta(days=2),
    "day before yesterday": lambda today: today - timedelta(days=2),
    "today": lambda today: today,
    "now": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "yesterday": lambda today: today - timedelta(days=1),
    "christmas": _next_on(12, 25),
    "new year's eve": _next_on(12, 31),
    "new year's day": _next_on(1, 1),
    "new years": _next_on(1, 1),
    "new year": _next_on(1, 1),
    "halloween": _next_on(10, 31),
    "valentine's day": _next_on(2, 14),
    "pi day": _next_on(3, 14),
}
_NAME = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _NAMED), key=len, reverse=True)) + r")\b", re.IGNORECASE)


class NoSuchDay(Exception):
    """A day that the calendar does not have. The message says which."""


def find_dates(text: str, today: date) -> list[date]:
    """Return the days named in a text, in order. A day without a year is the next such day from today on."""
    found = dict(_written(text, today))
    for match in _NAME.finditer(text):
        found.setdefault(match.start(), _NAMED[match[1].lower()](today))
    return [found[place] for place in sorted(found)]


def _written(text: str, today: date) -> Iterator[tuple[int, date]]:
    for form in _FORMS:
        for match in form.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["n"].lower()] if parts.get("n") else int(parts["m"])
            yield match.start(), _day(parts["y"], month, int(parts["d"]), today)
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[2])
        if first <= 12 and second <= 12 and first != second:
            raise NoSuchDay(
                f"{match[0]} can be read in two ways. Please write it as 2026-11-21 or as 21 November 2026."
            )
        yield match.start(), _day(match[3], min(first, second), max(first, second), today)


def _day(year: str | None, month: int, day: int, today: date) -> date:
    try:
        if year:
            return date(int(year), month, day)
        this = date(today.year, month, day)
    except ValueError as error:
        name = calendar.month_name[month] if 1 <= month <= 12 else f"month {month}"
        raise NoSuchDay(f"The calendar has no {day} {name}{f' {year}' if year else ''}.") from error
    return this if this >= today else _day(str(today.year + 1), month, day, today)


def without_dates(text: str) -> str:
    """Return the words of a text that name no day."""
    for form in (*_FORMS, _SLASHED, _NAME):
        text = form.sub(" ", text)
    return re.sub(r"[^\w\s]", " ", text)
