"""`arena ratings watch` as a process of its own, on a real ledger."""

import asyncio
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import psutil
import pytest
from sqlalchemy import update

from arena.battle import Outcome
from arena.ids import time_ordered_id
from arena.leaderboard import Leaderboard
from export.ratings.board import Listing
from export.ratings.board_ledger import StoredVotes
from export.ratings.board_making import BoardMaker
from export.ratings.figure_keeping import FigureKeeper
from export.ratings.labels.following import FollowedLabels
from export.ratings.live_sorting import LiveSorting
from export.ratings.sorted_votes import sorted_votes
from export.ratings.styled_votes import styled_votes
from export.ratings.vote_styles import VoteStyles
from export.ratings.watch import CHECK_SECONDS, BoardKeeper
from logging_store.forgetting import forget, give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.tables import votes
from tests.facts import a_fought_battle, a_visitor, a_vote, a_voted_battle

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def watching(url: str, tmp_path: Path, *options: str) -> AsyncGenerator[Process]:
    """Run the command; it is gone at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "arena.command", "ratings", "watch", "--store", url, "--data", str(tmp_path)),
        *options,
        cwd=ROOT,
        env={**os.environ, "ARENA_EXPORT_BOARD_SECONDS": "0.05"},
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(60):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def a_board(ledger: Ledger, votes: int) -> Leaderboard:
    """Wait for the board on so many votes."""
    while (board := await ledger.leaderboard()) is None or board.votes != votes:
        await asyncio.sleep(0.05)
    return board


async def test_votes_reach_the_stored_board_and_sigterm_ends_it(ledger_url: str, tmp_path: Path):
    async with open_ledger(ledger_url) as ledger, watching(ledger_url, tmp_path) as process:
        empty = await a_board(ledger, votes=0)
        consent = await a_visitor(ledger)
        for outcome in (Outcome.MODEL_A, Outcome.MODEL_A, Outcome.MODEL_B, Outcome.TIE, Outcome.BOTH_BAD):
            await a_voted_battle(ledger, consent, outcome)
        await a_voted_battle(ledger, consent, reasons=("not_anonymous",))
        board = await a_board(ledger, votes=5)
        while (drawn := await ledger.figures("", is_styled=False)) is None or not drawn.html:
            await asyncio.sleep(0.05)
        process.terminate()
        async with asyncio.timeout(20):
            code = await process.wait()

    assert {row.status for row in empty.rows} == {"unrated"}
    rows = {row.model: row for row in board.rows}
    assert [(rows[name].wins, rows[name].losses, rows[name].ties) for name in ("echo", "doctor")] == [
        (2, 1, 2),
        (1, 2, 2),
    ]
    assert rows["echo"].rank == 1
    assert set(drawn.models) <= set(rows)
    assert (code, await _said(process)) == (0, "")


async def test_deletions_and_old_votes_reach_the_categories_of_a_real_ledger(ledger_url: str, tmp_path: Path):
    now = [1_000_000.0]
    maker = BoardMaker(Listing(), ("code", "no_ties"))
    with sorted_votes(tmp_path / "sorted.sqlite3") as file:
        keeper = BoardKeeper(
            maker, lambda: now[0], sorting=LiveSorting(file, FollowedLabels(tmp_path / "labels.sqlite3"))
        )
        async with open_ledger(ledger_url) as ledger:
            stays, goes = await a_visitor(ledger), await a_visitor(ledger)
            await a_voted_battle(ledger, goes, Outcome.MODEL_A)
            await a_voted_battle(ledger, stays, Outcome.MODEL_A)
            await a_voted_battle(ledger, stays, Outcome.TIE)
            before = await _looked(keeper, ledger)
            await forget(ledger, await give_code(ledger, goes.session_id, 1.0), 7.0)
            now[0] += CHECK_SECONDS
            after = await _looked(keeper, ledger)

    assert (before.votes, before.categories["no_ties"].votes) == (3, 2)
    assert (after.votes, after.categories["no_ties"].votes) == (2, 1)


async def test_outcomes_that_are_exchanged_in_a_real_ledger_reach_the_board_its_categories_and_what_is_known_of_style(
    ledger_url: str, tmp_path: Path
):
    now, began = [2_000_000_000.0], 1_700_000_000_000
    files = tmp_path / "sorted.sqlite3", tmp_path / "styled.sqlite3"
    maker = BoardMaker(Listing(), ("no_ties",))
    with sorted_votes(files[0]) as file, styled_votes(files[1], files[0]) as styles:
        sorting, figures = LiveSorting(file, FollowedLabels(tmp_path / "none")), FigureKeeper(VoteStyles(styles))
        keeper = BoardKeeper(maker, lambda: now[0], sorting=sorting, figures=figures)
        async with open_ledger(ledger_url) as ledger:
            consent = await a_visitor(ledger)
            ids = [time_ordered_id(began + 100_000 * number, bytes([number] * 10)) for number in range(3)]
            for vote_id, outcome in zip(ids, (Outcome.MODEL_A, Outcome.TIE, Outcome.MODEL_A), strict=True):
                battle = await a_fought_battle(ledger, consent)
                vote = a_vote(battle.id, consent.session_id, id=vote_id, outcome=outcome)
                await ledger.cast_vote(battle.id, lambda _, vote=vote: vote)
            await _looked(keeper, ledger)
            await keeper.draw(StoredVotes(ledger))
            for vote_id, outcome in zip(ids, (Outcome.TIE, Outcome.MODEL_A), strict=False):
                changed = update(votes).where(votes.c.id == vote_id).values(outcome=outcome)
                await ledger.database.write(lambda connection, changed=changed: connection.execute(changed))
            now[0] += CHECK_SECONDS
            board = await _looked(keeper, ledger)
        table = styles.table("no_ties", frozenset(), "g")
        without_ties = {each.vote for each in file.between("", "g").values() if "no_ties" in each.names}

    assert (board.votes, board.categories["no_ties"].votes) == (3, 2)
    assert without_ties == set(ids[1:])
    assert table.battles.score.tolist() == [1.0, 1.0]


async def _looked(keeper: BoardKeeper, ledger: Ledger) -> Leaderboard:
    """Look until there is nothing new, and return the stored board."""
    while await keeper.look(StoredVotes(ledger)):
        pass
    board = await ledger.leaderboard()
    assert board is not None
    return board


async def test_a_model_that_the_configuration_makes_secret_leaves_the_board_and_a_mistake_changes_nothing(
    tmp_path: Path,
):
    url, config = f"sqlite:///{tmp_path}/ledger.sqlite3", tmp_path / "arena.toml"
    secret = '[[models]]\nname = "doctor"\nworker = "demo"\nsecret = true\n'
    config.write_text('[[models]]\nname = "echo"\nworker = "demo"\n')
    async with open_ledger(url) as ledger, watching(url, tmp_path, "--config", str(config)) as process:
        consent = await a_visitor(ledger)
        for outcome in (Outcome.MODEL_A, Outcome.MODEL_B):
            await a_voted_battle(ledger, consent, outcome)
        await a_board(ledger, votes=2)
        config.write_text("[[models]]\nname = 3\n")
        assert process.stderr is not None
        assert b"has a mistake" in await process.stderr.readline()
        config.write_text(config.read_text().replace("3", '"echo"\nworker = "demo"') + secret)
        board = await a_board(ledger, votes=0)

    assert [row.model for row in board.rows] == ["echo"]


async def _said(process: Process) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    return (await process.stdout.read() + await process.stderr.read()).decode()


async def test_an_interrupt_ends_it_with_130(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    async with open_ledger(url) as ledger, watching(url, tmp_path) as process:
        await a_board(ledger, votes=0)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            code = await process.wait()

    assert (code, await _said(process)) == (130, "")


async def test_a_locked_database_does_not_keep_it(tmp_path: Path):
    file = tmp_path / "ledger.sqlite3"
    async with open_ledger(f"sqlite:///{file}"):
        pass
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with watching(f"sqlite:///{file}", tmp_path) as process:
            while str(file) not in {each.path for each in psutil.Process(process.pid).open_files()}:
                await asyncio.sleep(0.01)
            process.terminate()
            async with asyncio.timeout(20):
                assert await process.wait() == 0


@pytest.mark.parametrize("url", ["mysql://nowhere/ledger", "sqlite:////proc/ledger.sqlite3"])
async def test_a_wrong_store_is_one_line_and_code_2(url: str, tmp_path: Path):
    async with watching(url, tmp_path) as process:
        code = await process.wait()

    said = await _said(process)
    assert (code, said.count("\n")) == (2, 1), said


async def test_numpy_is_not_loaded_before_the_number_of_threads_is_set():
    check = "import sys, export.ratings.cli; sys.exit('numpy' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", check, cwd=ROOT)

    assert await process.wait() == 0
