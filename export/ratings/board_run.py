"""One run of `arena ratings`: from a recipe and a source of votes to tables and files."""

import asyncio
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.settings import Launch
from export.ratings.boards import Boards, boards
from export.ratings.categories import LABELLED, Name, Sorter, folder_of
from export.ratings.choosing import Condition
from export.ratings.eligibility import Eligibility
from export.ratings.labels.store import open_labels
from export.ratings.ledger_votes import read_ledger
from export.ratings.reading import VoteReader, read_votes
from export.ratings.recipe import Recipe
from export.ratings.recipe_file import BoardFile
from export.ratings.report_files import leaderboard, remove_report, write_report
from export.ratings.report_table import printable, report_lines
from export.ratings.sorting import Sorting
from export.ratings.vote_table import VoteTable
from logging_store.config import existing_ledger_url
from logging_store.ledger import Ledger, open_ledger

_TAKES_LABELS = {*LABELLED, Name.MATHS, Name.NO_REFUSAL}


@dataclass(frozen=True, slots=True)
class BoardRun:
    """A recipe, ready to be applied."""

    wanted: BoardFile
    conditions: tuple[Condition, ...]
    eligibility: Eligibility
    sorter: Sorter

    @classmethod
    @contextmanager
    def of(cls, wanted: BoardFile, labels: Path) -> "Generator[BoardRun]":
        """Lend a run; a file of labels is open meanwhile, if there is one and a category takes them."""
        with ExitStack() as opened:
            found = None
            if not _TAKES_LABELS.isdisjoint(wanted.category):
                needed = wanted.label_model is not None or not LABELLED.isdisjoint(wanted.category)
                found = opened.enter_context(open_labels(labels, wanted.label_model, needed=needed))
            yield cls(
                wanted,
                tuple(Condition.parse(text) for text in wanted.filters),
                Eligibility(wanted.allow, wanted.leave_out, frozenset(wanted.exclude_voter)),
                Sorter(tuple(dict.fromkeys(wanted.category)), found),
            )

    @property
    def _sorting(self) -> Sorting:
        return Sorting(self.sorter, with_prompts=self.wanted.per_prompt is not None)

    @property
    def recipe(self) -> Recipe:
        """Return the choices, as reports tell them."""
        return self.wanted.recipe(tuple(map(str, self.conditions)))

    def read_files(self, paths: Sequence[Path]) -> VoteTable:
        """Read votes from files."""
        return read_votes(paths, self.conditions, self.eligibility, self._sorting, style=self.wanted.style)

    async def read_ledger(self, ledger: Ledger, secret: Sequence[str]) -> VoteTable:
        """Read the votes of a ledger; battles of secret models leave no trace."""
        reader = VoteReader(conditions=self.conditions, eligibility=self.eligibility, sorting=self._sorting)
        return await read_ledger(ledger, reader, secret, style=self.wanted.style)

    def rate(self, table: VoteTable, out: Path | None, min_battles: int) -> list[str]:
        """Make the boards and write their files; return what to tell."""
        found = boards(table, self.recipe, self.sorter)
        wrote = [] if out is None else self._written(found, out, min_battles)
        return [*self._told(found, min_battles), *(f"wrote {printable(str(file))}" for file in wrote)]

    def _told(self, found: Boards, min_battles: int) -> Iterator[str]:
        yield from report_lines(found.overall, min_battles)
        for name, report in found.categories.items():
            yield from ("", f"{printable(name)} ({self.sorter.by(name)})", "", *report_lines(report, min_battles))
        yield from (f"{printable(name)}: no board; {problem}" for name, problem in found.problems.items())

    def _written(self, found: Boards, out: Path, min_battles: int) -> list[Path]:
        wrote = write_report(found.overall, out, min_battles, self._beside(found, min_battles))
        folders = {out / "categories" / folder_of(name) for name in found.categories}
        for earlier in {file.parent for file in out.glob("categories/*/leaderboard.json")} - folders:
            remove_report(earlier)
        for name, report in found.categories.items():
            folder = out / "categories" / folder_of(name)
            write_report(report, folder, min_battles)
            wrote.append(folder)
        return wrote

    def _beside(self, found: Boards, min_battles: int) -> dict[str, Any]:
        """Return what `leaderboard.json` holds beside the overall board."""
        of_categories = {name: leaderboard(report, min_battles) for name, report in found.categories.items()}
        return {
            "recipe": self.wanted.model_dump(mode="json", exclude_none=True),
            "categories": of_categories,
            "without_board": dict(found.problems),
        }


def read_table(
    run: BoardRun, launch: Launch, files: Sequence[Path] | None, *, config: Path | None, data: Path, store: str | None
) -> VoteTable:
    """Read the votes of files, or, where none are named, of the ledger."""
    return run.read_files(files) if files else asyncio.run(_of_ledger(run, launch, config, data, store))


async def _of_ledger(run: BoardRun, launch: Launch, config: Path | None, data: Path, store: str | None) -> VoteTable:
    settings = launch.read_config(config)
    async with open_ledger(existing_ledger_url(settings.store, data, store)) as ledger:
        return await run.read_ledger(ledger, [model.name for model in settings.models if model.secret])
