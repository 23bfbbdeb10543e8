"""Where boards come from: reports that were made just now, or the folders that `arena ratings --out` wrote."""

import csv
import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from arena.errors import SetupError
from export.ratings.analysis import Report
from export.ratings.boards import boards
from export.ratings.categories import Sorter, category_in
from export.ratings.history import History
from export.ratings.newton import FitFailed
from export.ratings.over_time import OverTime, moments
from export.ratings.over_time import as_published as over_time_of
from export.ratings.recipe import Method, Recipe
from export.ratings.report_files import COLUMNS, PAIR_COLUMNS, TIME_COLUMNS, leaderboard, over_time, pair_rows
from export.ratings.site.site_board import OVERALL, SiteBoard, placed
from export.ratings.vote_table import VoteTable


def of_report(report: Report, category: str = OVERALL, min_battles: int = 1) -> SiteBoard:
    """Return a report as a board of the site. `min_battles` only hides rows."""
    board = leaderboard(report, min_battles)
    pairs = placed(board["models"], pair_rows(report))
    return SiteBoard(category, report.recipe.style, board, pairs, over_time(report))


def read_boards(folder: Path) -> Iterator[SiteBoard]:
    """Read the board in a folder, and those of its categories. What cannot be read is a `SetupError`."""
    yield _read(folder, OVERALL)
    for each in sorted(folder.glob("categories/*/leaderboard.json")):
        yield _read(each.parent, category_in(each.parent.name))


def _read(folder: Path, category: str) -> SiteBoard:
    try:
        board = json.loads((folder / "leaderboard.json").read_text(encoding="utf-8"))
        board.pop("categories", None)  # they are read from their own folders, where their pairs are too
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
    moments(found)  # a `ValueError` where one is none
    return found


def as_published(boards: Iterable[SiteBoard], history: Path) -> list[SiteBoard]:
    """Return the boards, the overall one with the ratings that `arena ratings watch` published in its course."""
    periods = over_time_of(History(history).boards())
    return [
        replace(each, over_time=periods) if (each.category, each.is_styled) == (OVERALL, False) else each
        for each in boards
    ]


def _reports(table: VoteTable, recipe: Recipe, sorter: Sorter, min_battles: int) -> Iterator[SiteBoard]:
    found = boards(table, recipe, sorter)
    yield of_report(found.overall, min_battles=min_battles)
    yield from (of_report(report, name, min_battles) for name, report in found.categories.items())


def of_votes(table: VoteTable, recipe: Recipe, sorter: Sorter, min_battles: int = 1) -> list[SiteBoard]:
    """Make the boards of all votes and of the categories; where the votes tell of style, also with style held equal."""
    found = list(_reports(table, recipe, sorter, min_battles))
    if table.style and not recipe.style and recipe.method is Method.BT:
        with suppress(FitFailed, SetupError):  # style cannot be told by these votes: there is nothing to switch to
            equal = replace(recipe, style=True, checks=False)
            found = [*found, *_reports(table, equal, sorter, min_battles)]
    return found


def refuse_secret(boards: Iterable[SiteBoard], secret: Collection[str]) -> None:
    """Raise a `SetupError` if a board names a model that nobody may know of."""
    for name in sorted({row["model"] for board in boards for row in board.rows}.intersection(secret)):
        raise SetupError(f"{name} is secret in arena.toml, but these votes name it; leave it out of them first")
