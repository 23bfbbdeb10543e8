"""Where boards come from: reports that were made just now, or the folders that `arena ratings --out` wrote."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.errors import SetupError
from export.ratings.analysis import Report
from export.ratings.over_time import OverTime
from export.ratings.report_files import COLUMNS, PAIR_COLUMNS, TIME_COLUMNS, leaderboard, over_time, pair_rows
from export.ratings.site.site_board import OVERALL, SiteBoard, placed


def of_report(report: Report, category: str = OVERALL, min_battles: int = 1) -> SiteBoard:
    """Return a report as a board of the site."""
    board = leaderboard(report, min_battles)
    pairs = placed(board["models"], pair_rows(report))
    return SiteBoard(category, report.recipe.style, board, pairs, over_time(report))


def read_boards(folder: Path) -> Iterator[SiteBoard]:
    """Read the board in a folder, and those in the folders in it, which are called as their categories.

    A folder whose name ends in `-style` holds style equal. What cannot be read is a `SetupError`.
    """
    inside = sorted(each.parent for each in folder.glob("*/leaderboard.json"))
    if not (folder / "leaderboard.json").exists() and not inside:
        raise SetupError(f"there is no leaderboard.json in {folder}")
    if (folder / "leaderboard.json").exists():
        yield _read(folder, OVERALL)
    for each in inside:
        yield _read(each, each.name.removesuffix("-style"))


def _read(folder: Path, category: str) -> SiteBoard:
    try:
        board = json.loads((folder / "leaderboard.json").read_text(encoding="utf-8"))
        board["models"] = [{**dict.fromkeys(COLUMNS), **row} for row in board["models"]]
        rows = _table(folder / "pairs.csv", PAIR_COLUMNS)
        pairs = None if rows is None else placed(board["models"], rows)
        is_styled = bool(board["settings"]["style"])
        return SiteBoard(
            category, is_styled, board, pairs, _periods(_table(folder / "over_time.csv", TIME_COLUMNS) or [])
        )
    except OSError as error:
        raise SetupError(f"cannot read {error.filename}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{folder}: this is not what `arena ratings --out` writes ({error})") from error


def _table(file: Path, columns: tuple[str, ...]) -> list[dict[str, Any]] | None:
    if not file.exists():
        return None
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened, strict=True)
        if tuple(reader.fieldnames or ()) != columns:
            raise ValueError(f"{file.name}: its columns are not {', '.join(columns)}")
        return list(reader)


def _periods(rows: list[dict[str, Any]]) -> OverTime:
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["period"], {})[row["model"]] = float(row["rating"])
    return found


def published(boards: list[SiteBoard], history: OverTime) -> list[SiteBoard]:
    """Return the boards, the overall one with the ratings that were published in its course."""
    plain = (OVERALL, False)
    return [
        SiteBoard(each.category, each.is_styled, each.board, each.pairs, history)
        if history and (each.category, each.is_styled) == plain
        else each
        for each in boards
    ]
