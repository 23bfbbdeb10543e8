"""Periods of release: for so long one key hashes addresses. They change at midnight UTC."""

import re
from datetime import UTC, datetime
from typing import Literal

PeriodLength = Literal["month", "quarter", "year"]
PERIOD = re.compile(r"[0-9]{4}(?:Q[1-4]|-(?:0[1-9]|1[0-2]))?")
"""How a period is named: `2026-11`, `2026Q4`, `2026`."""


def period_of(moment: float, length: PeriodLength) -> str:
    """Return the name of the period in which a moment lies, in unix seconds."""
    day = datetime.fromtimestamp(moment, UTC)
    match length:
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day:%Y}Q{(day.month + 2) // 3}"
        case "year":
            return f"{day:%Y}"
