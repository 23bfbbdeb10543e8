"""A report as a table for the terminal."""

from collections.abc import Iterator
from typing import Any

from export.ratings.analysis import Report
from export.ratings.checks_in_words import in_words
from export.ratings.report_files import model_rows

_HEAD = ("rank", "model", "rating", "95% interval", "places", "battles", "")


def report_lines(report: Report, min_battles: int = 1) -> Iterator[str]:
    """Yield the standings, aligned, and below them what they rest on."""
    rows = [_HEAD, *(_cells(row) for row in model_rows(report, min_battles))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    for row in rows:
        cells = (
            cell.ljust(width) if at in (1, 6) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
    yield ""
    yield _summary(report)
    if report.checks is not None:
        yield from in_words(report.checks).values()


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    interval = "" if row["ci_low"] is None else f"{row['ci_low']:.0f} to {row['ci_high']:.0f}"
    places = "" if row["rank_low"] is None else f"{row['rank_low']}-{row['rank_high']}"
    if row["bound_low"] is not None:
        interval = f"over {row['bound_low']:.0f}"
    if row["bound_high"] is not None:
        interval = f"under {row['bound_high']:.0f}"
    return (
        "" if row["rank"] is None else str(row["rank"]),
        printable(row["model"]),
        "" if row["rating"] is None else f"{row['rating']:.1f}",
        interval,
        places,
        f"{row['battles']:,}",
        row["reason"],
    )


def printable(name: str) -> str:
    """Return a name without line ends and what else a terminal would take for commands."""
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in name)


def _summary(report: Report) -> str:
    said = f"{_many(report.counts.total, 'battle')}, {_many(len(report.counts.models), 'model')}"
    if report.counts.self_battles:
        said += f"; {_many(report.counts.self_battles, 'battle')} of a model with itself left out"
    for reason, rows in report.table.left_out.items():
        said += f"; {_many(rows, 'row')} left out ({reason})"
    if report.resampling is not None and report.resampling.apart > 0:
        said += f"; {report.resampling.apart:.1%} of the bootstrap's rounds fell apart"
    return said


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
