from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_worker.demo.helper.calendar_days import find_dates
from model_worker.demo.helper.dates import about_dates, long, shifted

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(1995, 1, 1), date(2005, 1, 1))


def ask(text: str) -> str | None:
    return about_dates(lambda: TODAY, text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        "2024/2/29",
        "29.2.2024",
        "29 Feb 2024",
        "29th of February 2024",
        "Feb 29, 2024",
        "february 29th 2024",
        "2/29/2024",
    ],
)
def test_a_day_is_read_in_many_forms(text: str):
    assert find_dates(text, TODAY) == [date(2024, 2, 29)]


def test_a_day_without_a_year_is_the_next():
    assert find_dates("christmas, 1 march, 25 nov and tomorrow", TODAY) == [
        date(2026, 12, 25),
        date(2027, 3, 1),
        date(2026, 11, 25),
        date(2026, 11, 22),
    ]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("days between 2024-01-01 and 2024-12-25", "**359 days**"),
        ("how many days until Christmas?", "**34 days**"),
        ("days until 2026-11-22", "**1 day**"),
        ("What day of the week was 20 July 1969?", "**Sunday, 20 July 1969**"),
        ("July 4, 1776", "**Thursday, 4 July 1776**"),
        ("90 days after 2024-02-10", "**Friday, 10 May 2024**"),
        ("add 3 weeks to March 1 2026", "**Sunday, 22 March 2026**"),
        ("2026-01-31 plus 1 month", "**Saturday, 28 February 2026**"),
        ("3 days ago", "**Wednesday, 18 November 2026**"),
        ("in 2 weeks", "**Saturday, 5 December 2026**"),
        ("what's the date today?", "Today is **Saturday, 21 November 2026**"),
        ("is today Friday?", "No: it is **Saturday, 21 November 2026**."),
        ("tomorrow", "**Sunday, 22 November 2026**"),
        ("is 2024 a leap year", "Yes, **2024** is a leap year"),
        ("is 1900 a leap year?", "No, **1900** is not a leap year: it divides by 100"),
        ("is 2000 a leap year?", "Yes, **2000** is a leap year: it divides by 400"),
        ("31 February 2024", "The calendar has no 31 February 2024."),
        ("what weekday is 2024-13-01", "The calendar has no 1 month 13 2024."),
        ("3/4/2024 weekday", "3/4/2024 can be read in two ways."),
        ("9999-12-31 plus 5 days", "That lies outside my calendar"),
    ],
)
def test_questions_about_days_are_answered(asked: str, answer: str):
    assert (ask(asked) or "").startswith(answer)


@pytest.mark.parametrize(
    "text",
    ["how are you today?", "I may come", "2 weeks", "how many days in 3 years", "what is today's weather", "march on!"],
)
def test_what_asks_for_no_day_is_left_to_others(text: str):
    assert ask(text) is None


@given(DAYS, DAYS)
def test_days_between_are_those_of_the_calendar(one: date, other: date):
    told = ask(f"days between {one} and {other}") or ""
    first, second = sorted((one, other))
    weekdays = sum((first + timedelta(days=step)).weekday() < 5 for step in range(1, (second - first).days + 1))

    assert told.startswith(f"**{(second - first).days:,} day")
    assert f"| Weekdays (Mon to Fri) | {weekdays:,} |" in told


@given(DAYS, st.integers(-500, 500))
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, count: int):
    later = shifted(day, count, "month")

    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_a_day_in_full():
    assert long(date(2026, 11, 21)) == "Saturday, 21 November 2026"
