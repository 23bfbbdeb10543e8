"""From boards to one folder."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from export.ratings.report_files import remove_files, write_files
from export.ratings.site.downloads import KINDS
from export.ratings.site.models import Facts
from export.ratings.site.page import Sheet, files_of
from export.ratings.site.site_board import OVERALL, SiteBoard

_PAGE = re.compile(r"(index|overall-style|overall|category-[a-z0-9-]+)(-[0-9]+)?")
"""What a page may be called."""


def site(boards: Sequence[SiteBoard], facts: Facts, title: str) -> dict[str, bytes]:
    """Return the files of a site, by their paths in its folder. The first board is its first page."""
    sheets = _sheets(sorted(boards, key=lambda board: board.category != OVERALL))
    found = {name: content for sheet in sheets for name, content in files_of(sheet, sheets, facts, title).items()}
    return dict(sorted(found.items()))


def write_site(folder: Path, boards: Sequence[SiteBoard], facts: Facts, title: str) -> list[Path]:
    """Write a site into a folder, made when missing; return the paths of its pages."""
    files = site(boards, facts, title)
    remove_files(folder, _left_by_another(folder, files))
    write_files(folder, files)
    return [folder / name for name in files if name.endswith(".html")]


def _left_by_another(folder: Path, files: Collection[str]) -> list[str]:
    """Return the pages, and what can be loaded from them, that an earlier site left and this one has not."""
    pages = [each.stem for each in folder.glob("*.html") if _PAGE.fullmatch(each.stem)]
    names = [f"{page}.html" for page in pages] + [f"data/{page}.{kind}" for page in pages for kind in KINDS]
    return [name for name in names if name not in files]


def _sheets(boards: Sequence[SiteBoard]) -> list[Sheet]:
    taken: set[str] = set()
    sheets: list[Sheet] = []
    for board in boards:
        wanted = _page_name(board) if sheets else "index"
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        taken.add(name)
        sheets.append(Sheet(board, name))
    return sheets


def _page_name(board: SiteBoard) -> str:
    """Return a name that any file system takes: a category may be called anything."""
    plain = re.sub(r"[^a-z0-9]+", "-", board.category.lower()).strip("-")[:60] or "category"
    style = "-style" if board.is_styled else ""
    return f"overall{style}" if board.category == OVERALL else f"category-{plain}{style}"
