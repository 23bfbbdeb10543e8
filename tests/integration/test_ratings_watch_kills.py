"""`arena ratings watch` killed at any moment, and started twice."""

import asyncio
import json
import random
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from arena.battle import Outcome
from arena.ids import new_id
from arena.leaderboard import Leaderboard
from export.ratings.board_run import BoardRun
from export.ratings.boards import boards
from export.ratings.history import History
from export.ratings.recipe_file import BoardFile
from logging_store.facts import BattleRecord, ConsentFact, VoteFact
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.vote_reading import count_votes_until
from tests.facts import a_kept_battle, a_turn, a_visitor, a_vote, an_end
from tests.integration.test_ratings_watch import ROOT, a_board, watching

CATEGORIES = ("code", "maths", "multi_turn", "english", "no_refusal", "no_ties", "no_duplicates")
SAID = (("```x = 1```", "Yes."), ("What is 17 * 23?", "391"), ("Hello there!", "I'm sorry, but I cannot help you."))
PATIENCE = 20.0
APPENDING = """
import sys
from itertools import count
from pathlib import Path
from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.history import History

history = History(Path(sys.argv[1]))
begin = sum(1 for _ in history.boards())
rows = tuple(BoardRow(model=f"m{n}", status="rated", battles=1, wins=1, losses=0, ties=0) for n in range(500))
for number in count(begin + 1):
    history.append(Leaderboard(votes=number, updated_at=number * 86_400.0, rows=rows))
    print(number, flush=True)
"""


async def _vote(ledger: Ledger, consent: ConsentFact, dice: random.Random) -> None:
    models = dict(zip(("model_a", "model_b"), dice.sample(("one", "two", "three", "four"), 2), strict=True))
    battle, (text, answer) = await a_kept_battle(ledger, consent, **models), dice.choice(SAID)
    for conversation in (battle.conversation_a, battle.conversation_b):
        turn = a_turn(conversation, consent.id, text=text)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, answer=answer))

    def decide(_: BattleRecord) -> VoteFact:
        return a_vote(battle.id, consent.session_id, id=new_id(), outcome=dice.choice(list(Outcome)))

    await ledger.cast_vote(battle.id, decide)


async def _of_all_votes(ledger: Ledger, folder: Path) -> dict[str, dict[str, Any]]:
    """What `arena ratings` says of the same votes, by category and model."""
    with BoardRun.of(BoardFile(category=CATEGORIES), folder / "none") as run:
        found = boards(await run.read_ledger(ledger, ()), run.recipe, run.sorter)
    reports = {"overall": found.overall} | {name: each for name, each in found.categories.items() if each.counts.total}
    return {name: {each.model: each for each in report.ratings.standings} for name, report in reports.items()}


def _differences(live: Leaderboard, expected: dict[str, dict[str, Any]]) -> list[str]:
    found = {"overall": live, **live.categories}
    told = [
        f"{name}: {name in found} {name in expected}" for name in found.keys() ^ expected.keys() if expected.get(name)
    ]
    for name, rows in expected.items():
        for row in found[name].rows if name in found else ():
            for figure in (
                "status",
                "battles",
                "wins",
                "ties",
                "rating",
                "ci_low",
                "rank_low",
                "rank_high",
                "bound_low",
            ):
                one, other = getattr(row, figure), getattr(rows[row.model], figure)
                if one != (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other):
                    told.append(f"{name} {row.model} {figure}: {one} is not {other}")
    return told


@pytest.mark.parametrize("kills", [2, pytest.param(40, marks=[pytest.mark.torture, pytest.mark.timeout(1800)])])
@pytest.mark.parametrize("ledger_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.torture)], indirect=True)
async def test_killed_at_any_moment_it_comes_to_the_board_of_all_votes(kills: int, ledger_url: str, tmp_path: Path):
    dice, wanted = random.Random(kills), ("--config", str(_config(tmp_path)))
    async with open_ledger(ledger_url) as ledger:
        consents = [await a_visitor(ledger) for _ in range(kills + 1)]
        for number in range(kills):
            async with watching(ledger_url, tmp_path, *wanted) as process:
                if number % 2:  # else it is killed while it starts, perhaps
                    await a_board(ledger, await _counted(ledger))
                for _ in range(dice.randrange(5, 30)):
                    await _vote(ledger, dice.choice(consents[: number + 1]), dice)
                    await asyncio.sleep(dice.random() / 20)
                process.kill()
        await forget(ledger, await give_code(ledger, consents[0].session_id, 1.0), 7.0)
        expected = await _of_all_votes(ledger, tmp_path)
        async with watching(ledger_url, tmp_path, *wanted):
            board = await a_board(ledger, await _counted(ledger))
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    while _differences(board, expected):
                        board = await a_later_board(ledger, board)

    assert _differences(board, expected) == []
    assert len([board.updated_at for board in History(tmp_path / "leaderboard" / "history.jsonl").boards()]) in {1, 2}


async def a_later_board(ledger: Ledger, before: Leaderboard) -> Leaderboard:
    """Wait for another board than this one."""
    while (board := await ledger.leaderboard()) is None or board == before:
        await asyncio.sleep(0.05)
    return board


async def _counted(ledger: Ledger) -> int:
    return sum((await count_votes_until(ledger, "g")).values())


def _config(folder: Path) -> Path:
    file = folder / "arena.toml"
    named = f"[export]\nboard_categories = {json.dumps(CATEGORIES)}\n"
    file.write_text(f'{named}[[models]]\nname = "one"\nworker = "demo"\n')
    return file


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=[pytest.mark.torture, pytest.mark.timeout(1800)])])
async def test_a_history_whose_writers_are_killed_holds_each_board_once(kills: int, tmp_path: Path):
    file, dice = tmp_path / "history.jsonl", random.Random(kills)
    seen = 0
    for _ in range(kills):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", APPENDING, str(file)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(dice.randrange(1, 5)):
            seen = int(await process.stdout.readline())
        await asyncio.sleep(dice.random() / 50)
        process.kill()
        await process.wait()

    assert [board.votes for board in History(file).boards()][:seen] == list(range(1, seen + 1))


async def test_a_second_watch_of_the_same_folder_says_that_another_one_runs(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    async with open_ledger(url) as ledger, watching(url, tmp_path) as first:
        await a_board(ledger, votes=0)
        async with watching(url, tmp_path) as second:
            assert second.stderr is not None
            said, code = await second.stderr.read(), await second.wait()

    assert (code, said.count(b"\n")) == (2, 1)
    assert f"another `arena ratings watch` (process {first.pid}) keeps the board".encode() in said
