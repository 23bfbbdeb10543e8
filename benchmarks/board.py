"""What the live board costs, with many votes in the ledger: `python -m benchmarks.board [VOTES] [MODELS] [FILE]`.

Processor seconds of this process, in which the ledger (SQLite) works as well. FILE is a ledger to make, or made before.
"""

import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export.ratings.threads import use_one_thread

if TYPE_CHECKING:
    from export.ratings.board_ledger import BoardLedger
    from export.ratings.watch import BoardKeeper

UPDATES = 25
CATEGORIES = ("code", "maths", "long_prompt", "multi_turn", "language", "no_refusal", "no_ties")


def _fill(file: Path, into: Path) -> None:
    """Say of every vote where it belongs, as if it had been looked at before: by its outcome, and by its number."""
    from export.ratings import rules  # noqa: PLC0415 (after the number of threads is set)
    from export.ratings.sorted_votes import sorted_votes  # noqa: PLC0415

    with sorted_votes(into):
        pass
    with closing(sqlite3.connect(into)) as connection:
        connection.execute("ATTACH DATABASE ? AS ledger", (str(file),))
        connection.execute(
            "INSERT OR IGNORE INTO sorted SELECT id, CASE rowid % 6 "
            "WHEN 0 THEN 'code,' WHEN 1 THEN 'maths,' WHEN 2 THEN 'multi_turn,' ELSE '' END "
            "|| CASE rowid % 3 WHEN 0 THEN 'language=German' ELSE 'language=English' END "
            "|| ',no_refusal' || CASE WHEN outcome LIKE 'model%' THEN ',no_ties' ELSE '' END, ?, 1, x'' "
            "FROM ledger.votes ORDER BY id",
            (rules.VERSION,),
        )
        connection.commit()


async def _cost(work: Callable[[], Awaitable[Any]]) -> float:
    began = time.process_time()
    await work()
    return time.process_time() - began


@contextmanager
def _keeper(folder: Path, now: list[float]) -> "Generator[BoardKeeper]":
    from export.ratings.board import Listing  # noqa: PLC0415
    from export.ratings.board_making import BoardMaker  # noqa: PLC0415
    from export.ratings.labels.following import FollowedLabels  # noqa: PLC0415
    from export.ratings.live_sorting import LiveSorting  # noqa: PLC0415
    from export.ratings.publishing import Publisher  # noqa: PLC0415
    from export.ratings.sorted_votes import sorted_votes  # noqa: PLC0415
    from export.ratings.watch import BoardKeeper  # noqa: PLC0415

    with sorted_votes(folder / "sorted.sqlite3") as kept:
        sorting = LiveSorting(kept, FollowedLabels(folder / "none"))
        yield BoardKeeper(BoardMaker(Listing(), CATEGORIES), lambda: now[0], Publisher(folder), sorting=sorting)


async def _first_start(file: Path, folder: Path) -> dict[str, Any]:
    """Start beside an old ledger, and go on until every vote is in its categories."""
    from benchmarks._voted_ledger import BEGIN  # noqa: PLC0415
    from export.ratings.board_ledger import stored_votes  # noqa: PLC0415

    with _keeper(folder, [BEGIN + 1e9]) as keeper:
        async with stored_votes(f"sqlite:///{file}") as ledger:
            board = await _cost(lambda: keeper.look(ledger))
            rest = await _cost(lambda: _until_done(keeper, ledger))
    return {"first_board_cpu_s": round(board, 1), "first_start_cpu_s": round(board + rest, 1)}


async def _until_done(keeper: "BoardKeeper", ledger: "BoardLedger") -> None:
    while keeper.is_behind:
        await keeper.look(ledger)


async def _measure(file: Path, into: Path, votes: int, models: int) -> dict[str, Any]:
    from benchmarks._voted_ledger import BEGIN, make_voted_ledger  # noqa: PLC0415
    from export.ratings.board_ledger import stored_votes  # noqa: PLC0415
    from export.ratings.watch import leave_alone  # noqa: PLC0415

    now = [BEGIN + 1e9]
    with _keeper(into.parent, now) as keeper:
        async with stored_votes(f"sqlite:///{file}") as ledger:
            start = await _cost(lambda: keeper.look(ledger))
            while await keeper.look(ledger):
                pass
            leave_alone()
            updates: list[float] = []
            for number in range(UPDATES):
                await asyncio.to_thread(make_voted_ledger, file, 5, models, first=votes + 5 * number, begin=BEGIN)
                updates.append(await _cost(lambda: keeper.look(ledger)))
                while await keeper.look(ledger):
                    pass
            idle = await _cost(lambda: keeper.look(ledger))
            now[0] += 1e6  # however long it rested
            check = await _cost(lambda: keeper.look(ledger))
    return {
        "votes": votes,
        "models": models,
        "start_cpu_s": round(start, 2),
        "update_cpu_ms": round(1000 * statistics.median(updates), 1),
        "update_cpu_ms_most": round(1000 * max(updates), 1),
        "without_votes_cpu_ms": round(1000 * idle, 2),
        "check_cpu_ms": round(1000 * check, 1),
    }


def main() -> None:
    """Measure, and print the figures."""
    use_one_thread()
    from benchmarks._voted_ledger import make_voted_ledger  # noqa: PLC0415

    votes, models = (int(each) for each in (*sys.argv[1:3], *("100000", "100")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(folder) / "ledger.sqlite3"
        if not file.exists():
            make_voted_ledger(file, votes, models)
        first = asyncio.run(_first_start(file, Path(folder) / "first"))
        into = Path(folder) / "later" / "sorted.sqlite3"
        _fill(file, into)
        sys.stdout.write(json.dumps(asyncio.run(_measure(file, into, votes, models)) | first) + "\n")


if __name__ == "__main__":
    main()
