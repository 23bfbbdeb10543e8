"""Until when a key is good, as people write it."""

import re
from datetime import UTC, date, datetime, time, timedelta

from arena.errors import SetupError

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


def expiry(text: str, now: float) -> float:
    """Return the unix time of `90d` (from now) or of `2027-01-01` (its first moment, UTC).

    Raises `SetupError` for anything else, and for what is past.
    """
    if days := _DAYS.fullmatch(text):
        return now + timedelta(days=int(days[1])).total_seconds()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SetupError("--expires: a number of days (90d) or a date (2027-01-01) is needed") from error
    ends = datetime.combine(day, time(), UTC).timestamp()
    if ends <= now:
        raise SetupError("--expires: this day has begun already")
    return ends
