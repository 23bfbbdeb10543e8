"""Times that a calendar has a day for: what tells another cannot be released."""

from export.release.steps import Row

END = 253_402_300_800.0
"""The year 10,000, in unix seconds: no library of calendars goes further."""


class ImpossibleTime(ValueError):
    """A time before 1970, after the year 9999, or none at all."""


def is_possible(at: float) -> bool:
    """Tell whether a time, in unix seconds, is one."""
    return 0.0 <= at < END


def possible(at: float) -> float:
    """Return a time as it is. Raises `ImpossibleTime` if it is none."""
    if not is_possible(at):
        raise ImpossibleTime
    return at


def at_possible_times(row: Row) -> Row:
    """Return a row as it is. Raises `ImpossibleTime` if it began, or a turn of it finished, at none."""
    possible(row.record.conversation.opened_at)
    for turn in row.turns:
        if turn.finished_at is not None:
            possible(turn.finished_at)
    return row
