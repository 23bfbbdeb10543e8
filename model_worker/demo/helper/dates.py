"""The skill of dates: days between, days after, weekdays, leap years. Whoever asks for today brings the clock."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from model_worker.demo.helper.calendar_days import NoSuchDay, find_dates, without_dates

Today = Callable[[], date]

_SPAN = re.compile(r"(?<![\w.])(\d{1,6}|an?|one)\s+(day|week|month|year)s?\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)\b")
_ASKS_ABOUT = re.compile(r"week ?day|day of the week|(?:what|which) (?:day|date|week)\b|when is|falls? on")
_YEAR = re.compile(r"\b(\d{4})\b")


def long(day: date) -> str:
    """Write a day in full, as `Saturday, 21 November 2026`."""
    return f"{calendar.day_name[day.weekday()]}, {day.day} {calendar.month_name[day.month]} {day.year}"


def shifted(day: date, count: int, span: str) -> date:
    """Return the day so many days, weeks, months or years later; the 31st becomes a month's last day."""
    if span in {"day", "week"}:
        return day + timedelta(days=count * (7 if span == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if span == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def about_dates(today: Today, text: str) -> str | None:
    """Answer a question about days; None if there is none."""
    lowered = text.lower()
    try:
        return _answer(lowered, find_dates(lowered, today()), today())
    except NoSuchDay as error:
        return str(error)
    except (OverflowError, ValueError):
        return "That lies outside my calendar, which runs from the year 1 to 9999."


def _answer(text: str, days: list[date], today: date) -> str | None:
    if (year := _YEAR.search(text)) and "leap" in text:
        return _leap(int(year[1]))
    if re.search(r"what(?:'s| is)? (?:the )?(?:date|day)(?: is it)?(?: today| now)?\s*\??$", text):
        return f"Today is **{long(today)}**, by the clock of the machine I run on."
    counts = re.search(r"how (?:many|much|long|old)", text)
    if not counts and (span := _SPAN.search(text)) and (moved := _moved(text, span, days, today)):
        return moved
    if len(days) >= 2 and re.search(r"between|from|to|until|since|and|till|-|–", text):
        return _between(days[0], days[1])
    if len(days) != 1:
        return None
    if counts or re.search(r"\bdays (?:until|till|to|since)\b", text):
        return _between(today, days[0])
    if (asked := _WEEKDAY.search(text)) and re.search(r"\b(?:is|was|be|on)\b", text):
        return f"{'Yes' if long(days[0]).lower().startswith(asked[1]) else 'No'}: it is **{long(days[0])}**."
    return _about(days[0]) if _ASKS_ABOUT.search(text) or len(without_dates(text).split()) <= 2 else None


def _leap(year: int) -> str:
    if not calendar.isleap(year):
        why = "it divides by 100 but not by 400" if year % 100 == 0 else "it does not divide by 4"
        return f"No, **{year}** is not a leap year: {why}."
    why = "it divides by 400" if year % 100 == 0 else "it divides by 4 and not by 100"
    return f"Yes, **{year}** is a leap year: {why}."


def _moved(text: str, span: re.Match[str], days: list[date], today: date) -> str | None:
    count = int(span[1]) if span[1].isdigit() else 1
    back = re.search(r"\bago\b|\bbefore\b|\bearlier\b|\bsubtract\b|\bminus\b", text)
    ahead = re.search(r"\bin (?:\d|an? |one )|\bafter\b|\bfrom\b|\blater\b|\badd\b|\bplus\b|\bto\b", text)
    if not back and (not ahead or (not days and not re.search(r"\bin (?:\d|a)|\bfrom now\b", text))):
        return None
    start = days[0] if days else today
    end = shifted(start, -count if back else count, span[2].lower())
    plural = "" if count == 1 else "s"
    return f"**{long(end)}**\n\n{count} {span[2].lower()}{plural} {'before' if back else 'after'} {long(start)}."


def _between(first: date, second: date) -> str:
    first, second = sorted((first, second))
    days = (second - first).days
    weeks, rest = divmod(days, 7)
    rows = [f"| From | {long(first)} |", f"| To | {long(second)} |", f"| Weeks and days | {weeks:,} and {rest} |"]
    rows += [
        f"| Years, months and days | {_in_parts(first, second)} |",
        f"| Weekdays (Mon to Fri) | {_workdays(first, second):,} |",
    ]
    table = "\n".join(["| | |", "| :--- | :--- |", *rows])
    return f"**{days:,} day{'' if days == 1 else 's'}**\n\n{table}\n\nThe last day is counted, the first is not."


def _in_parts(first: date, second: date) -> str:
    months = (second.year - first.year) * 12 + second.month - first.month
    months -= shifted(first, months, "month") > second
    years, rest = divmod(months, 12)
    return f"{years}, {rest} and {(second - shifted(first, months, 'month')).days}"


def _workdays(first: date, second: date) -> int:
    weeks, rest = divmod((second - first).days, 7)
    return weeks * 5 + sum((first.weekday() + step) % 7 < 5 for step in range(1, rest + 1))


def _about(day: date) -> str:
    _, week, _ = day.isocalendar()
    last = 366 if calendar.isleap(day.year) else 365
    number = day.timetuple().tm_yday
    place = f"Day {number} of {last}, in week {week} by the ISO calendar"
    return f"**{long(day)}**\n\n{place}; {last - number} days of the year are left after it."
